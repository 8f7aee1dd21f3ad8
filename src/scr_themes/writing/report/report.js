
"use strict";
(() => {
  const root = document.documentElement;
  const byId = (name) => document.getElementById(name);
  const form = byId("filters");
  const found = byId("found");
  const field = (name) => byId(`f-${name}`);
  const SLICE = 12; // milliseconds of work before the page may answer to the reader
  const DEBOUNCE = 120;

  // Everything is read from the markup once: documents, their sections, their passages.
  const documents = [];
  const passages = new Map();

  const later = () => new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  });

  // Lets the page breathe in a long task; false once a newer task has begun.
  const pacer = (isStale) => {
    let since = performance.now();
    return async () => {
      if (performance.now() - since < SLICE) return true;
      await later();
      since = performance.now();
      return !isStale();
    };
  };

  const plain = (text) =>
    text.toLowerCase().replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"').replace(/\s+/g, " ");

  const wordsOf = (element) => {
    let text = "";
    for (const node of element.querySelector(".x").childNodes) {
      if (node.nodeName !== "SUP") text += node.textContent;
    }
    return text;
  };

  const tagsOf = (data) =>
    new Map((data ? data.split(" ") : []).map((pair) => pair.split(":").map(Number)));

  const buttons = document.createElement("template");
  buttons.innerHTML =
    '<div class="do"><button type="button" data-do="copy">Copy as quotation</button>' +
    '<button type="button" data-do="context" aria-expanded="false">Show context</button></div>';

  const index = async () => {
    const breathe = pacer(() => false);
    for (const article of document.querySelectorAll("article")) {
      const own = { element: article, number: article.id.slice(1), sections: [], flat: [] };
      for (const element of article.querySelectorAll(":scope > section")) {
        const section = { element, passages: [] };
        for (const item of element.lastElementChild.children) {
          const tags = tagsOf(item.dataset.t);
          const passage = {
            element: item, own, section, tags, role: item.dataset.r ?? "", text: null,
            most: Math.max(0, ...tags.values()), place: own.flat.length,
          };
          item.append(buttons.content.cloneNode(true));
          section.passages.push(passage);
          own.flat.push(passage);
          passages.set(item.id, passage);
        }
        own.sections.push(section);
        await breathe();
      }
      documents.push(own);
    }
  };

  const wanted = () => {
    const phrases = [];
    const rest = plain(field("words").value).replace(/"([^"]+)"/g, (_, phrase) => {
      phrases.push(phrase.trim());
      return " ";
    });
    const value = (name) => field(name)?.value ?? "";
    return {
      words: [...phrases, ...rest.replaceAll('"', " ").split(" ")].filter(Boolean),
      theme: value("theme") === "" ? null : Number(value("theme")),
      least: Number(field("least")?.value ?? 0),
      role: value("role"),
      document: value("document"),
      tagged: field("tagged").checked,
    };
  };

  const matches = (passage, want) => {
    if (want.document && passage.own.number !== want.document) return false;
    if (want.role && passage.role !== want.role) return false;
    if (want.tagged && !passage.tags.size) return false;
    if (want.theme !== null) {
      const chance = passage.tags.get(want.theme);
      if (chance === undefined || chance < want.least) return false;
    } else if (want.least && passage.most < want.least) return false;
    if (!want.words.length) return true;
    passage.text ??= plain(wordsOf(passage.element));
    return want.words.every((word) => passage.text.includes(word));
  };

  const show = (element, shown) => {
    if (element.hidden === shown) element.hidden = !shown;
  };

  let kept = [];
  const keep = (element, kind) => {
    element.classList.add("kept", kind);
    kept.push(element);
  };
  const release = () => {
    for (const element of kept) element.classList.remove("kept", "here", "near");
    for (const open of document.querySelectorAll('[aria-expanded="true"]')) fold(open);
    kept = [];
  };

  const fold = (button) => {
    button.setAttribute("aria-expanded", "false");
    button.textContent = "Show context";
  };

  const count = (n, what) => `${n.toLocaleString("en-GB")} ${what}${n === 1 ? "" : "s"}`;

  const chosen = (name) => field(name).selectedOptions[0].textContent.replace(/ \([\d,]+\)$/, "");

  const described = (want) => {
    const parts = [];
    if (want.words.length) parts.push(`words ${field("words").value.trim()}`);
    if (want.theme !== null) parts.push(`theme ${chosen("theme")}`);
    if (want.least) parts.push(`probability ${(want.least / 100).toFixed(2)} or more`);
    if (want.role) parts.push(`role ${chosen("role")}`);
    if (want.document) parts.push(`document ${field("document").selectedOptions[0].textContent}`);
    return parts.length ? `; ${parts.join("; ")}` : "";
  };

  // The evidence of the theme asked for stands out: one rule does it for all passages.
  const sheet = document.styleSheets[0];
  let rules = 0;
  const emphasise = (theme) => {
    for (; rules; rules -= 1) sheet.deleteRule(sheet.cssRules.length - 1);
    if (theme === null) return;
    const faded = "background: none; color: inherit; text-decoration: none; font-weight: inherit";
    for (const rule of [`mark:not(.t${theme}) { ${faded} }`, `.g li:not(.t${theme}) b { font-weight: 400 }`]) {
      sheet.insertRule(rule, sheet.cssRules.length);
      rules += 1;
    }
  };

  let run = 0;
  const apply = async () => {
    const mine = ++run;
    const want = wanted();
    const breathe = pacer(() => mine !== run);
    let n = 0;
    let within = 0;
    release();
    emphasise(want.theme);
    for (const own of documents) {
      let inDocument = 0;
      for (const section of own.sections) {
        let inSection = 0;
        for (const passage of section.passages) {
          const shown = matches(passage, want);
          show(passage.element, shown);
          if (shown) inSection += 1;
          if (inSection % 64 === 63 && !(await breathe())) return;
        }
        show(section.element, inSection > 0);
        inDocument += inSection;
        if (!(await breathe())) return;
      }
      show(own.element, inDocument > 0 || (own.number === want.document && !want.words.length));
      n += inDocument;
      if (inDocument) within += 1;
    }
    root.classList.add("ready");
    const what = want.tagged ? "tagged passage" : "passage";
    const where = documents.length > 1 ? ` in ${count(within, "document")}` : "";
    found.textContent = n ? `${count(n, what)}${where}${described(want)}` : `No ${what}${described(want)}. Widen the filters.`;
    root.dataset.run = mine; // for whoever waits until it is done
  };

  let timer = 0;
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(apply, wait);
  };

  const sayLeast = () => {
    const least = Number(field("least")?.value ?? 0);
    if (field("least")) field("least-hint").textContent = least ? `${(least / 100).toFixed(2)} or more` : "any";
  };

  // A link that names a passage shows it, whatever the filters hide.
  const arrive = () => {
    const passage = passages.get(location.hash.slice(1));
    if (!passage) return;
    release();
    const wasHidden = passage.element.hidden;
    for (const element of [passage.own.element, passage.section.element]) keep(element, "kept");
    keep(passage.element, "here");
    passage.element.tabIndex = -1;
    passage.element.focus({ preventScroll: true });
    passage.element.scrollIntoView({ block: "start", behavior: "instant" });
    if (wasHidden) found.textContent = `Shown beside what the filters find: ${placeOf(passage)}`;
  };

  const placeOf = ({ element }) => {
    const place = element.querySelector(".w a").textContent;
    return place[0].toLowerCase() + place.slice(1);
  };

  const quotation = (passage) => {
    const title = passage.own.element.querySelector("h3").textContent;
    return `\u201c${wordsOf(passage.element).trim()}\u201d (${title}, ${placeOf(passage)})`;
  };

  const copyOldWay = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  const copyByHand = (text) => {
    const area = byId("by-hand-text");
    area.value = text;
    byId("by-hand").showModal();
    area.select();
  };

  const copy = async (passage, button) => {
    const text = quotation(passage);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!copyOldWay(text)) return copyByHand(text);
      button.focus();
    }
    found.textContent = `Copied: ${placeOf(passage)}`;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy as quotation"; }, 2000);
  };

  const NEAR = 2; // passages on either side
  const context = (passage, button) => {
    const open = button.getAttribute("aria-expanded") === "true";
    release();
    if (open) return;
    const { flat } = passage.own;
    for (const other of flat.slice(Math.max(0, passage.place - NEAR), passage.place + NEAR + 1)) {
      keep(other.section.element, "kept");
      if (other !== passage && other.element.hidden) keep(other.element, "near");
    }
    keep(passage.own.element, "kept");
    keep(passage.element, "here");
    button.setAttribute("aria-expanded", "true");
    button.textContent = "Hide context";
  };

  const clicked = (event) => {
    const button = event.target.closest("[data-do]");
    if (button) {
      const passage = passages.get(button.closest(".p").id);
      (button.dataset.do === "copy" ? copy : context)(passage, button);
    }
    const link = event.target.closest("[data-theme]");
    if (link) {
      form.reset();
      field("theme").value = link.dataset.theme;
      soon(0);
    }
    const place = event.target.closest(".w a");
    if (place && place.hash === location.hash) arrive();
  };

  // Paper cannot be opened: what stands behind the charts and has no words in them is printed.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.paper:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    sayLeast();
    soon(event.target.type === "search" || event.target.type === "range" ? DEBOUNCE : 0);
  });
  form.addEventListener("reset", () => setTimeout(() => { sayLeast(); apply(); }));
  document.addEventListener("click", clicked);
  addEventListener("hashchange", arrive);

  index().then(apply).then(arrive);
})();
