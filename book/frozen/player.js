/* Plays frozen widgets: a control moves, the picture of that state takes the place of the one before.
   Markup: markup.py. Payload: payload.py, whose `unpack` is written here again as `unpack`. */
(() => {
  "use strict";
  const NEAR = "800px"; // a payload is fetched when its widget comes this close to the screen
  const PLAY_STEP = 160; // milliseconds per state
  const waiting = new Map(); // payload name -> function that takes its text
  const loading = new Map(); // payload name -> promise of its frames

  // A payload is a script that calls this; scripts load from file:// too, where fetch() does not.
  window.frozenPayload = (name, text) => waiting.get(name)?.(text);

  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  function frameOf({ lines, frames }, state) {
    const runs = frames[state];
    const parts = [];
    for (let i = 0; i < runs.length; i += 2) {
      for (let n = runs[i]; n < runs[i] + runs[i + 1]; n++) parts.push(lines[n]);
    }
    return parts.join("\n");
  }

  // Two widgets with the same frames share a payload.
  function fetchPayload(link) {
    const { name } = link.dataset;
    if (!loading.has(name)) {
      const text = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        waiting.set(name, resolve);
        script.src = link.href;
        script.onerror = () => {
          script.remove();
          loading.delete(name);
          reject(new Error("The other pictures could not be loaded. Move a control to try again."));
        };
        document.head.append(script);
      });
      loading.set(name, text.then(unpack));
    }
    return loading.get(name);
  }

  function button(className, text) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = className;
    element.textContent = text;
    return element;
  }

  function animate(widget) {
    const form = widget.querySelector("form");
    const output = widget.querySelector(".frozen-output");
    const link = widget.querySelector(".frozen-payload");
    const sizes = widget.dataset.sizes.split(",").map(Number);
    const status = document.createElement("p");
    status.className = "frozen-status";
    status.setAttribute("role", "status");
    widget.append(status);

    // One entry per control, in the order of `sizes`: the element, or the fieldset of a radio group.
    const controls = [...form.querySelectorAll("input[type=range], select, input[type=checkbox], .frozen-radio")];
    const valueOf = (control) => {
      if (control.type === "checkbox") return Number(control.checked);
      if (control.tagName === "SELECT") return control.selectedIndex;
      if (control.tagName === "FIELDSET") return Number(control.querySelector(":checked").value);
      return Number(control.value);
    };
    const stateOf = () => controls.reduce((state, control, i) => state * sizes[i] + valueOf(control), 0);

    let shown = stateOf(); // the start frame is in the page
    let data = null;
    let asked = null;

    function showReadouts() {
      for (const range of form.querySelectorAll("input[type=range]")) {
        const text = range.dataset.readouts.split("\n")[range.value];
        range.nextElementSibling.textContent = text;
        range.setAttribute("aria-valuetext", text);
      }
    }

    // Shows the state in which the controls are now, in one piece: never a stale or a mixed picture. The browser
    // itself sends no more input events than it draws frames.
    function draw() {
      const state = stateOf();
      if (state === shown || !data) return;
      shown = state;
      output.innerHTML = frameOf(data, state);
    }

    function load() {
      asked ??= fetchPayload(link).then(
        (payload) => {
          data = payload;
          status.textContent = "";
          widget.dataset.ready = "";
          draw();
        },
        (error) => {
          asked = null;
          status.textContent = typeof DecompressionStream === "undefined"
            ? "This browser is too old to show the other pictures."
            : error.message;
        },
      );
    }

    function changed() {
      showReadouts();
      if (!data) {
        status.textContent = "Loading the other pictures …";
        load();
      }
      draw();
    }

    form.addEventListener("input", changed);
    form.addEventListener("focusin", load, { once: true });
    form.addEventListener("pointerdown", load, { once: true });
    form.addEventListener("submit", (event) => event.preventDefault());

    const buttons = document.createElement("div");
    buttons.className = "frozen-buttons";
    if (controls.length === 1 && controls[0].type === "range") buttons.append(playButton(controls[0], changed));
    const reset = button("frozen-reset", "Reset");
    reset.addEventListener("click", () => {
      form.reset();
      changed();
    });
    buttons.append(reset);
    form.append(buttons);
    form.querySelector(".frozen-all").disabled = false;

    new IntersectionObserver((entries, observer) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        observer.disconnect();
        load();
      }
    }, { rootMargin: NEAR }).observe(widget);
  }

  function playButton(range, changed) {
    const play = button("frozen-play", "Play");
    let timer = 0;
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
    };
    play.addEventListener("click", () => {
      if (timer) return stop();
      play.textContent = "Pause";
      timer = setInterval(() => {
        range.value = Number(range.value) === Number(range.max) ? 0 : Number(range.value) + 1;
        changed();
      }, PLAY_STEP);
    });
    range.addEventListener("input", stop); // the reader takes over
    range.form.addEventListener("reset", stop);
    return play;
  }

  for (const widget of document.querySelectorAll(".frozen")) animate(widget);
})();
