/* A page that was opened at its top comes with `data-lazy`: the browser skips what is far from the screen. With the
   reader's first move all is laid out: at once for a key or a click, which may lead anywhere, section by section while
   they scroll. */
const root = document.documentElement;
if ("lazy" in root.dataset) {
  const sections = [...document.querySelectorAll(".bd-article > section > section")];
  const all = () => delete root.dataset.lazy;
  const next = () => {
    if (!sections.length) return all();
    sections.shift().style.contentVisibility = "visible";
    requestAnimationFrame(() => requestIdleCallback(next));
  };
  for (const move of ["keydown", "click", "beforeprint"]) {
    addEventListener(move, all, { once: true, capture: true });
  }
  addEventListener("scroll", next, { once: true, passive: true });
}

/* A formula, table or output too wide for the screen scrolls by itself: let the keyboard reach it too. The observer
   reports each box when it is first laid out, and again when its size changes. */
const wide = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document
  .querySelectorAll("div.math, .cell_output pre, .highlight pre, .frozen-output, .pst-scrollable-table-container")
  .forEach((box) => wide.observe(box));

/* Paper is white. */
let mode = null;
addEventListener("beforeprint", () => {
  mode = root.dataset.theme;
  root.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  root.dataset.theme = mode;
});
