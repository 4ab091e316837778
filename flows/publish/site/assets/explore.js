// The table explorer: rows from the data files by indicator or region, filtered here; the address keeps the filter.
"use strict";
{
  const PAGE = 200, MOST = 60000;
  const chinese = document.documentElement.lang.startsWith("zh"), language = chinese ? "zh" : "en";
  const form = document.getElementById("filter"), said = document.getElementById("said");
  const table = document.getElementById("rows"), more = document.getElementById("more");
  const word = Object.fromEntries([...document.querySelectorAll("#words li")].map((one) => [one.dataset.word, one.textContent]));
  const COLUMNS = {
    panel: ["region_code", "indicator", "measure", "status", "period", "value", "confidence"],
    observations: ["region_code", "report_year", "indicator", "subject", "measure", "status", "period", "value", "confidence"],
  };
  const FIELDS = ["table", "indicator", "region", "from", "to", "status", "measure"];
  let meta, regions, indicators, rows = [], sort = "", shown = PAGE, turn = 0;

  const state = () => {
    const found = {};
    for (const name of FIELDS) if (form.elements[name].value) found[name] = form.elements[name].value.trim();
    if (found.table === "panel") delete found.table;
    if (sort) found.sort = sort;
    return found;
  };
  const fromAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of FIELDS) form.elements[name].value = given.get(name) ?? (name === "table" ? "panel" : "");
    if (!COLUMNS[form.elements.table.value]) form.elements.table.value = "panel";
    const code = given.get("region") ?? "";
    if (regions.has(code)) form.elements.region.value = label(regions.get(code));
    sort = given.get("sort") ?? "";
  };
  const toAddress = (wanted) => {
    const found = { ...state(), ...(wanted ? { region: wanted } : {}) };
    const hash = "#" + new URLSearchParams(found);
    if (hash !== location.hash && (hash !== "#" || location.hash)) location.hash = hash;
  };
  const label = (one) => (chinese ? one.zh : `${one.en} ${one.zh}`);
  const regionOf = (text) => {
    if (!text) return "";
    if (regions.has(text)) return text;
    const low = text.toLowerCase(), all = [...regions.values()];
    const hit = all.find((one) => label(one) === text || one.zh === text) ?? all[Object.hasOwn(meta.names, low) ? meta.names[low][0] : -1];
    return hit ? hit.code : "none";
  };

  const files = (given, region) => {
    if (region === "none") return [];
    if (!given.table && given.indicator) return ["panel/" + given.indicator];
    if (!given.table && region) return ["region/" + region];
    if (!given.table) return [...indicators.values()].reduce((sum, one) => sum + one.rows, 0) > MOST ? null : [...indicators.keys()].map((code) => "panel/" + code);
    if (region) return regions.get(region).years.map((year) => `report/${region}-${year}`);
    if (given.indicator && indicators.has(given.indicator)) return [...Array(indicators.get(given.indicator).parts).keys()].map((part) => `said/${given.indicator}-${part}`);
    return null;
  };
  const years = (row) => {
    const found = (row.period ?? String(row.report_year ?? "")).match(/\d{4}/g) ?? ["0"];
    return [Number(found[0]), Number(found.at(-1))];
  };
  const keeps = (given, region) => (row) =>
    (!region || row.region_code === region) && (!given.indicator || row.indicator === given.indicator) &&
    (!given.status || row.status === given.status) && (!given.measure || row.measure === given.measure) &&
    (!given.from || years(row)[1] >= Number(given.from)) && (!given.to || years(row)[0] <= Number(given.to));

  const load = async () => {
    const mine = ++turn, given = state(), region = regionOf(given.region ?? "");
    const names = files(given, region);
    rows = [];
    if (names === null) { said.textContent = said.dataset.choose; draw(); return; }
    said.textContent = said.dataset.loading;
    const keep = keeps(given, region);
    for (const name of names) {
      let data;
      try { data = await baogao.get(name); } catch { said.textContent = `${said.dataset.failed} ${name}`; return; }
      if (mine !== turn) return;
      for (const cells of data.rows) {
        const row = Object.fromEntries(data.columns.map((column, at) => [column, cells[at]]));
        if (keep(row)) rows.push(row);
      }
    }
    order();
    shown = PAGE;
    draw();
  };
  const order = () => {
    const down = sort.startsWith("-"), column = sort.replace(/^-/, "");
    if (!column) return;
    rows.sort((a, b) => {
      const [x, y] = [a[column] ?? "", b[column] ?? ""];
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    });
  };

  // Values as words.py says them.
  const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 10 });
  const amount = (value, unit) => {
    const [scale, name] = meta.wording[language].scales.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
    const shown = number(Number((value / scale).toPrecision(10))) + name, [many, one] = meta.units[unit] ?? [unit, unit];
    return chinese || meta.tight.includes(unit) ? shown + unit : `${shown} ${Math.abs(value) === 1 ? one : many}`.trimEnd();
  };
  const value = ({ value, value_max, unit, measure, bound }) => {
    const { bounds, falls, shapes } = meta.wording[language], signed = ["growth", "change", "gap"].includes(measure);
    if (value < 0 && falls[bound] && (measure === "growth" || measure === "change")) return falls[bound].replace("{}", amount(-value, unit));
    let shown = (signed && value ? (value < 0 ? "−" : "+") : "") + amount(signed ? Math.abs(value) : value, unit);
    if (shapes[measure]) shown = shapes[measure].replace("{}", number(value));
    else if (value_max != null) shown = (meta.tight.includes(unit) ? shown.slice(0, -1) : shown) + "–" + amount(value_max, unit);
    return (bounds[bound] ?? "{}").replace("{}", shown);
  };
  const named = (one, code) => (one ? (chinese ? one.zh : one.en) : code);
  const cell = (row, column) => {
    if (column === "region_code") return baogao.make("th", { scope: "row" }, named(regions.get(row.region_code), row.region_code));
    if (column === "indicator") return baogao.make("td", {}, named(indicators.get(row.indicator), row.indicator ?? ""));
    if (column === "value") {
      const id = row.observation_id, href = `report/${id.split("-").slice(0, 2).join("-")}.html#${id}`;
      return baogao.make("td", { class: "num" }, baogao.make("a", { href }, value(row)));
    }
    if (column === "measure" || column === "status") return baogao.make("td", {}, word[row[column]] ?? row[column]);
    if (column === "confidence") return baogao.make("td", { class: "num" }, Number(row.confidence).toFixed(2));
    if (column === "subject") return baogao.make("td", { lang: "zh" }, baogao.make("bdi", {}, row.subject + (row.area ? `（${row.area}）` : "")));
    return baogao.make("td", {}, String(row[column] ?? "").replace("/", "–"));
  };
  const draw = () => {
    const columns = COLUMNS[form.elements.table.value];
    const head = baogao.make("tr");
    table.classList.toggle("one", columns[1] === "indicator" && form.elements.indicator.value !== ""); // a phone leaves it out
    for (const column of columns) {
      const by = sort.replace(/^-/, "") === column ? (sort.startsWith("-") ? "descending" : "ascending") : false;
      const button = baogao.make("button", { type: "button" }, word[column] ?? column);
      button.addEventListener("click", () => { sort = by === "ascending" ? "-" + column : column; order(); draw(); keepAddress(); });
      head.append(baogao.make("th", { scope: "col", "aria-sort": by }, button));
    }
    table.tHead.replaceChildren(head);
    table.tBodies[0].replaceChildren(...rows.slice(0, shown).map((row) => baogao.make("tr", {}, ...columns.map((column) => cell(row, column)))));
    more.hidden = rows.length <= shown;
    if (said.textContent !== said.dataset.choose || rows.length) {
      said.textContent = (rows.length > shown ? said.dataset.part : said.dataset.rows).replace("{n}", number(rows.length)).replace("{shown}", number(shown));
    }
    table.dataset.rows = rows.length;
  };

  const csv = () => {
    const columns = rows.length ? Object.keys(rows[0]) : [];
    const quoted = (cellValue) => {
      let text = String(cellValue ?? "");
      if (typeof cellValue === "string" && /^[=+\-@\t\r＝＋－＠]/.test(text)) text = "'" + text;
      return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [columns.join(","), ...rows.map((row) => columns.map((name) => quoted(row[name])).join(","))].join("\r\n") + "\r\n";
  };
  const copy = async () => {
    const text = csv();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = baogao.make("textarea", { "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    said.textContent = said.dataset.copied.replace("{n}", number(rows.length));
  };
  const keepAddress = () => {
    const region = regionOf(form.elements.region.value.trim());
    toAddress(region === "none" ? "" : region);
  };

  const start = async () => {
    meta = await baogao.get("meta");
    const { code, zh, en, years } = meta.regions;
    regions = new Map(code.map((one, at) => [one, { code: one, zh: zh[at], en: en[at], years: years[at] }]));
    indicators = new Map(meta.indicators.map(([code, zh, en, , unit, parts, rows]) => [code, { code, zh, en, unit, parts, rows }]));
    for (const one of indicators.values()) form.elements.indicator.append(baogao.make("option", { value: one.code }, named(one)));
    for (const one of regions.values()) document.getElementById("regions").append(baogao.make("option", { value: label(one) }));
    if (!location.hash) history.replaceState(null, "", "#indicator=" + (meta.indicators[0]?.[0] ?? ""));
    fromAddress();
    await load();
    form.addEventListener("change", () => { keepAddress(); load(); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { sort = ""; keepAddress(); load(); }));
    window.addEventListener("hashchange", () => { const before = JSON.stringify(state()); fromAddress(); if (JSON.stringify(state()) !== before) load(); });
    document.getElementById("copy").addEventListener("click", copy);
    more.addEventListener("click", () => { shown += PAGE; draw(); });
  };
  start().catch((error) => { said.textContent = said.dataset.failed; console.error(error.message); });
}
