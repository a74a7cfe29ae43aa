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
    return typeof link === "string" && /^\/(cases|dashboards)\//.test(link) ? link : null;
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
  window.addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a.chart-table-link")) setTimeout(open, 0);
  });
  open();
})();
