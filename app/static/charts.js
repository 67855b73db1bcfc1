// Draws the charts of a page in the colours of its theme, and anew when the theme changes.
(() => {
  "use strict";
  const root = document.documentElement;

  // "$accent" in a specification is --chart-accent of the style sheet, or else --m-accent.
  function colour(name) {
    const style = getComputedStyle(root);
    const found = style.getPropertyValue(`--chart-${name}`) || style.getPropertyValue(`--m-${name}`);
    return found.trim();
  }

  function coloured(node) {
    if (typeof node === "string") return /^\$[a-z]/.test(node) && node !== "$schema" ? colour(node.slice(1)) : node;
    if (Array.isArray(node)) return node.map(coloured);
    if (node === null || typeof node !== "object") return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, coloured(value)]));
  }

  async function draw(figure) {
    const spec = coloured(JSON.parse(figure.querySelector("script").textContent));
    const canvas = figure.querySelector("[data-canvas]");
    figure.hidden = false;
    const width = Math.floor(figure.clientWidth);
    const sized = { width, height: Math.round(width * 0.49), autosize: { type: "fit", contains: "padding" }, ...spec };
    figure.view?.finalize();
    const drawn = await vegaEmbed(canvas, sized, {
      actions: false, ast: true, defaultStyle: false, renderer: "canvas", tooltip: { disableDefaultStyle: true },
    });
    figure.view = drawn.view;
    figure.drawnAt = width;
  }

  const figures = [...document.querySelectorAll("[data-chart]")];
  const drawAll = () => figures.forEach((figure) => draw(figure).catch((error) => {
    figure.hidden = true;
    console.warn(error);
  }));
  new MutationObserver(drawAll).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => figures.filter((each) => each.clientWidth !== each.drawnAt).forEach(draw), 150);
  });
  drawAll();
})();
