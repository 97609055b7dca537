/* Shows the questions of one level or topic. Without this script all are shown. */
(() => {
  const LEVELS = ["screen", "mid", "senior", "staff"];
  const questions = [...document.querySelectorAll("section > h3")].flatMap((heading) => {
    const parts = heading.textContent.match(/^Q\d{3} · (\w+) · ([\w, ]+)/);
    return parts ? [{ section: heading.parentElement, level: parts[1], topics: parts[2].split(", ") }] : [];
  });
  const groups = [...new Set(questions.map((question) => question.section.parentElement))];

  function choice(label, options) {
    const element = document.createElement("label");
    element.append(`${label} `);
    const select = element.appendChild(document.createElement("select"));
    select.append(new Option("all", ""), ...options.map((option) => new Option(option.replaceAll("_", " "), option)));
    return element;
  }

  const form = document.createElement("form");
  form.className = "question-filter";
  const topics = [...new Set(questions.flatMap((question) => question.topics))].sort();
  form.append(choice("Level", LEVELS), choice("Topic", topics));
  const count = form.appendChild(document.createElement("output"));

  function filter() {
    const [level, topic] = [...form.querySelectorAll("select")].map((select) => select.value);
    for (const question of questions) {
      question.section.hidden = !((!level || question.level === level) && (!topic || question.topics.includes(topic)));
    }
    const shown = (group) => questions.filter((question) => question.section.parentElement === group && !question.section.hidden);
    for (const group of groups) group.hidden = !shown(group).length;
    const left = questions.filter((question) => !question.section.hidden).length;
    count.textContent = `${left} question${left === 1 ? "" : "s"}`;
  }

  form.addEventListener("input", filter);
  filter();
  groups[0].before(form);
})();
