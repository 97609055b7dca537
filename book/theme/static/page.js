/* A formula, table or output too wide for the screen scrolls by itself: let the keyboard reach it too. */
document.querySelectorAll("div.math, .cell_output pre, .highlight pre, .frozen-output, .pst-scrollable-table-container").forEach((box) => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
});
