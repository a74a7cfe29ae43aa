// A click on a mark opens what the server put on the mark: a list of cases, or the page one level down.
(() => {
  "use strict";

  // Dash hands on what a point or a bar carries, but not what a cell carries: a cell is looked up by its names.
  const carried = (point, figure) => {
    if (point.customdata !== undefined) return point.customdata;
    const trace = figure?.data?.[point.curveNumber];
    return trace?.customdata?.[trace.y.indexOf(point.y)]?.[trace.x.indexOf(point.x)];
  };

  const address = (click, figure) => {
    const point = click?.points?.[0];
    const data = point ? carried(point, figure) : null;
    const link = Array.isArray(data) ? data[data.length - 1] : null;
    // Only addresses of this site: the server writes nothing else, and nothing else may be followed.
    return typeof link === "string" && /^\/(cases|dashboards|dispatches)\//.test(link) ? link : null;
  };

  // The newest click counts: after the back button the page may still remember older ones.
  const newest = (clicks) =>
    clicks.reduce((best, click, place) => (click && click.timestamp > (clicks[best]?.timestamp ?? 0) ? place : best), -1);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    lianxin: {
      follow: (clicks, figures) => {
        const place = newest(clicks || []);
        const link = place < 0 ? null : address(clicks[place], figures[place]);
        if (link) window.location.assign(link);
        return window.dash_clientside.no_update;
      },
    },
  });

  // “数据表” under a chart opens the table that it leads to.
  const open = () => {
    const name = decodeURIComponent(window.location.hash.slice(1));
    const table = name.startsWith("table-") ? document.getElementById(name) : null;
    if (!table) return;
    table.open = true;
    table.scrollIntoView({ block: "start" });
    table.querySelector("summary").focus({ preventScroll: true });
  };
  // A picture that travels without its page carries the question, the answer and the definition with it.
  const wrapped = (text, length) => (text.match(new RegExp(`.{1,${length}}`, "gu")) || []).join("<br>");
  const picture = (button) => {
    const chart = button.closest(".chart");
    const drawing = chart?.querySelector(".js-plotly-plot");
    if (!drawing || !window.Plotly) return;
    const words = (part) => chart.querySelector(part)?.textContent ?? "";
    const width = 1000;
    // Its first part is the definition, its second one says what a click does.
    const basis = wrapped(chart.querySelector(".chart-basis")?.firstChild?.textContent ?? "", 76);
    const below = 30 + 18 * basis.split("<br>").length;
    const answer = wrapped(words(".chart-answer"), 62);
    const above = 84 + 20 * answer.split("<br>").length;
    const layout = JSON.parse(JSON.stringify(drawing.layout));
    const height = (layout.height || 300) + above + below;
    const note = { xref: "paper", yref: "paper", x: 0, xanchor: "left", align: "left", showarrow: false, xshift: -48 };
    layout.margin = { ...layout.margin, t: above, b: below + 60, l: 60, r: Math.max(40, layout.margin?.r ?? 0) };
    layout.annotations = [
      ...(layout.annotations || []),
      { ...note, y: 1, yanchor: "bottom", yshift: 36, text: `<b style="font-size:18px">${words("h2")}</b><br>${answer}`, font: { size: 14 } },
      { ...note, y: 0, yanchor: "top", yshift: -60, text: basis, font: { size: 11, color: "#465366" } },
    ];
    Object.assign(layout, { width, height, autosize: false, paper_bgcolor: "#fff", plot_bgcolor: "#fff" });
    window.Plotly.downloadImage(
      { data: drawing.data, layout, config: { locale: "zh-CN" } },
      { format: "png", width, height, scale: 2, filename: words("h2").replace(/[？\s]/gu, "") || "图表" },
    );
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-png]");
    if (button) picture(button);
  });

  // On paper every table stands open, and charts are as wide as the sheet.
  const sheet = 680;
  const charts = () => document.querySelectorAll(".chart .js-plotly-plot");
  const tables = () => document.querySelectorAll("details.chart-table");
  window.addEventListener("beforeprint", () => {
    tables().forEach((table) => { table.dataset.was = table.open ? "1" : ""; table.open = true; });
    charts().forEach((drawing) => window.Plotly?.relayout(drawing, { width: sheet }));
  });
  window.addEventListener("afterprint", () => {
    tables().forEach((table) => { table.open = table.dataset.was === "1"; });
    charts().forEach((drawing) => window.Plotly?.relayout(drawing, { width: null, autosize: true }));
  });

  window.addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a.chart-table-link")) setTimeout(open, 0);
  });
  open();
})();
