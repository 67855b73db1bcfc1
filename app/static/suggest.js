// Suggests records while one types into a field that names one (app.web.naming). Without it the field takes typed names.
(() => {
  "use strict";
  const WAIT = 150;

  function spanOf(look, text) {
    const span = document.createElement("span");
    span.className = look;
    span.append(text || "");
    return span;
  }

  function optionOf(found, place, id) {
    const option = document.createElement("li");
    option.id = `${id}-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.words = found.words;
    const [, name, number] = found.words.match(/^(.*?)( \([^()]*\))?$/);
    option.append(name, spanOf("nowrap", number), spanOf("mut", found.aside && ` ${found.aside}`));
    return option;
  }

  function listOf(field) {
    const list = document.createElement("ul");
    list.id = `${field.id}-found`;
    list.className = "suggest";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    field.after(list);
    return list;
  }

  async function foundFor(field) {
    const address = new URL(field.dataset.suggest, location.href);
    address.searchParams.set("q", field.value);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const isList = answer.ok && answer.headers.get("Content-Type") === "application/json";
      return isList ? await answer.json() : [];
    } catch {
      return []; // The network is away: one can still type the whole name.
    }
  }

  function suggestTo(field) {
    const list = listOf(field);
    let timer = 0;
    let asked = 0;
    let marked = null;

    function mark(option) {
      marked?.setAttribute("aria-selected", "false");
      marked = option;
      if (!marked) return field.removeAttribute("aria-activedescendant");
      marked.setAttribute("aria-selected", "true");
      marked.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", marked.id);
    }

    function show(found) {
      mark(null);
      list.replaceChildren(...found.map((each, place) => optionOf(each, place, list.id)));
      list.hidden = found.length === 0;
      field.setAttribute("aria-expanded", String(!list.hidden));
    }

    function close() {
      clearTimeout(timer);
      asked += 1;
      show([]);
    }

    function take(option) {
      field.value = option.dataset.words;
      close();
    }

    async function ask() {
      asked += 1;
      const mine = asked;
      const found = field.value.trim() ? await foundFor(field) : [];
      if (mine === asked) show(found);
    }

    function step(event) {
      event.preventDefault();
      if (list.hidden) return ask();
      const options = [...list.children];
      const next = options.indexOf(marked) + (event.key === "ArrowDown" ? 1 : -1);
      return mark(options[next] ?? options[next < 0 ? options.length - 1 : 0]);
    }

    function press(event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event);
      else if (event.key === "Escape" && !list.hidden) close();
      else if (event.key === "Enter" && marked) {
        event.preventDefault();
        take(marked);
      }
    }

    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) {
      field.setAttribute(name, value);
    }
    field.setAttribute("aria-controls", list.id);
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    field.addEventListener("keydown", press);
    field.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
  }

  for (const field of document.querySelectorAll("[data-suggest]")) suggestTo(field);
})();
