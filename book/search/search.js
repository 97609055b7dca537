/* Ranks what search_entries.js lists against the query, and shows the best above Sphinx's own results. */
(() => {
  const SHOWN = 12;
  const VERDICT = { wrong: "wrong", conditional: "holds if", holds: "holds" };
  const STOP = new Set("a an and are as at be by do does for from how in is it of on or that the to what when why with".split(" "));

  /* Words without accents, plural s, and the difference between British and American spelling. */
  const fold = (word) =>
    word
      .replace(/([^s])s$/, "$1")
      .replace(/is(?=(e|ed|er|ing|ation|ational)$)/, "iz")
      .replace(/our$/, "or");
  const tokens = (text) =>
    (text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) || []).map(fold);

  const has = (list, word) =>
    list.includes(word) ? 1 : word.length > 2 && list.some((other) => other.startsWith(word)) ? 0.6 : 0;

  /* The index leaves out the plain words of a text that has no formula. */
  const plain = (html) => (html || "").replace(/<[^>]*>/g, " ");

  /* More for words of the name than of the text, most for the very name; 0 where more words are missing than may be. */
  function score(entry, query, mayMiss) {
    const names = [entry.words || plain(entry.title), ...(entry.also || [])].map(tokens);
    const body = tokens(entry.body || plain(entry.text));
    const found = query.map((word) => Math.max(3 * Math.max(...names.map((name) => has(name, word))), has(body, word)));
    if (found.filter((value) => !value).length > mayMiss) return 0;
    const coverage = Math.max(...names.map((name) => name.filter((word) => query.includes(word)).length / name.length));
    return found.reduce((sum, value) => sum + value) / query.length + 3 * coverage;
  }

  /* Entries with all words of the query; where there is none, those that lack one word of three or more. */
  function search(text) {
    const all = tokens(text);
    const telling = all.filter((word) => !STOP.has(word));
    const query = telling.length ? telling : all;
    for (const mayMiss of query.length > 2 ? [0, 1] : [0]) {
      const found = searchEntries
        .map((entry) => ({ entry, score: score(entry, query, mayMiss) }))
        .filter((one) => one.score > 0)
        .sort((a, b) => b.score - a.score); /* stable: the book's order between equals */
      if (found.length) return found.map((one) => one.entry);
    }
    return [];
  }

  function item({ kind, title, text, page, address, verdict }) {
    const li = document.createElement("li");
    const link = li.appendChild(document.createElement("a"));
    link.href = document.documentElement.dataset.content_root + address;
    link.innerHTML = title;
    const where = li.appendChild(document.createElement("span"));
    where.className = "found-kind";
    where.textContent = ` ${kind} · ${page}`;
    if (verdict || text) {
      const p = li.appendChild(document.createElement("p"));
      if (verdict) {
        const mark = p.appendChild(document.createElement("strong"));
        mark.className = `verdict-${verdict}`;
        const goesOn = verdict === "conditional" || /^[a-z]/.test(text);
        mark.textContent = VERDICT[verdict] + (goesOn ? " " : ". ");
      }
      p.insertAdjacentHTML("beforeend", text || "");
    }
    return li;
  }

  function show(found) {
    const section = document.createElement("section");
    section.className = "found";
    const list = section.appendChild(document.createElement("ul"));
    list.append(...found.slice(0, SHOWN).map(item));
    if (found.length > SHOWN) {
      const more = section.appendChild(document.createElement("button"));
      more.className = "btn btn-sm";
      more.textContent = `${found.length - SHOWN} more`;
      more.addEventListener("click", () => {
        list.append(...found.slice(SHOWN).map(item));
        more.remove();
      });
    }
    document.getElementById("search-results").before(section);
  }

  const query = new URLSearchParams(location.search).get("q");
  const found = query?.trim() ? search(query) : [];
  if (found.length) show(found);
})();
