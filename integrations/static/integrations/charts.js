/* Charts of our own pages, drawn by the theme: values on the bars, colours of the page, bars that lead on.
   Loaded after Chart.js and before the theme draws. The same figures and links stand in a table below. */
"use strict";

(function () {
  if (!window.Chart) return;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function writeValue(context, bar, value, upright) {
    const spot = upright ? [bar.x, bar.y - 5] : [bar.x + 5, bar.y];
    context.textAlign = upright ? "center" : "left";
    context.textBaseline = upright ? "bottom" : "middle";
    context.fillText(value, ...spot);
  }

  Chart.register({
    id: "hbBars",
    /* Also when the page turns dark: the theme updates its charts then. */
    beforeUpdate(chart) {
      if (!chart.canvas.classList.contains("hb-bars")) return;
      for (const scale of Object.values(chart.options.scales)) scale.ticks.color = colour("--hb-text");
    },
    afterDatasetsDraw(chart) {
      if (!chart.canvas.classList.contains("hb-bars")) return;
      const context = chart.ctx;
      const values = chart.data.datasets[0].data;
      context.save();
      context.font = `600 12px ${Chart.defaults.font.family}, sans-serif`;
      context.fillStyle = colour("--hb-strong");
      chart.getDatasetMeta(0).data.forEach((bar, index) => {
        if (values[index]) writeValue(context, bar, String(values[index]), chart.options.indexAxis === "x");
      });
      context.restore();
    },
  });

  /* Where a bar leads to; "" beside the bars and for those without a list. */
  function target(canvas, event) {
    const chart = Chart.getChart(canvas);
    const hit = chart && chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false);
    return hit && hit.length ? JSON.parse(canvas.dataset.links)[hit[0].index] : "";
  }

  window.addEventListener("load", () => {
    document.querySelectorAll("canvas.hb-bars").forEach((canvas) => {
      canvas.addEventListener("click", (event) => {
        const url = target(canvas, event);
        if (url) window.location.assign(url);
      });
      canvas.addEventListener("mousemove", (event) => {
        canvas.style.cursor = target(canvas, event) ? "pointer" : "default";
      });
    });
  });
})();
