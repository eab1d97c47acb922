/** Charts: a picture for those who see it, always beside a sentence and a table that say the same. */

/* global uPlot */
import { Component, h } from "./dom.js";

const HEIGHT = 180;
const dark = matchMedia("(prefers-color-scheme: dark)");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const DAY_SECONDS = 86_400;

/** UTC, as every other time here. */
function times(plot, splits) {
  const days = splits.length > 1 && splits[1] - splits[0] >= DAY_SECONDS;
  const seconds = splits.length > 1 && splits[1] - splits[0] < 60;
  return splits.map((each) => {
    const text = new Date(each * 1e3).toISOString();
    return days ? text.slice(5, 10) : text.slice(11, seconds ? 19 : 16);
  });
}

function inUtc(seconds) {
  return uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC");
}

function axes(values) {
  const style = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: "12px system-ui, sans-serif" };
  return [{ ...style, space: 80, values: times }, { ...style, size: 62, values: (u, splits) => splits.map(values) }];
}

/** A weight over time: it holds until it changes. */
export function steps(values) {
  return () => ({
    scales: { y: { range: [0, 1] } },
    axes: axes(values),
    series: [
      {},
      { stroke: colour("--link"), width: 2, fill: colour("--band"), paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } },
    ],
  });
}

/** Where a quantity lies over time, low to high, and the limit that it is compared with. Data: times, low, high, limit. */
export function band(values) {
  return () => ({
    axes: axes(values),
    scales: {
      y: {
        range: (u, least, most) => {
          const room = (most - least || Math.abs(most) || 1) * 0.08;
          return [least - room, most + room];
        },
      },
    },
    bands: [{ series: [2, 1], fill: colour("--band") }],
    series: [
      {},
      { stroke: colour("--link"), width: 1.5, points: { show: false } },
      { stroke: colour("--link"), width: 1.5, points: { show: false } },
      { stroke: colour("--wrong"), width: 2, dash: [8, 5], points: { show: false } },
    ],
  });
}

/** A drawing of uPlot's, drawn anew when the data, the width or the colours change. */
class Drawing extends Component {
  componentDidMount() {
    this.sizes = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.sizes.observe(this.base);
    this.again = () => this.draw();
    dark.addEventListener("change", this.again);
    this.draw();
  }

  componentDidUpdate() {
    this.base.chartData = this.props.data;
    this.plot.setData(this.props.data);
  }

  componentWillUnmount() {
    this.sizes.disconnect();
    dark.removeEventListener("change", this.again);
    this.plot.destroy();
  }

  size() {
    return { width: Math.max(200, this.base.clientWidth), height: HEIGHT };
  }

  draw() {
    this.plot?.destroy();
    this.base.chartData = this.props.data; // for whoever reads it back
    const common = { ...this.size(), tzDate: inUtc, legend: { show: false }, cursor: { show: false } };
    this.plot = new uPlot({ ...common, ...this.props.options() }, this.props.data, this.base);
  }

  render({ id, sentence }) {
    return h("div", { id, class: "chart", role: "img", "aria-label": sentence });
  }
}

/**
 * A chart.
 *
 * @param id of the element
 * @param sentence what it shows, for whoever does not see it
 * @param data columns, the first of them times in seconds
 * @param options one of the above
 */
export function chart(id, sentence, data, options) {
  return h(Drawing, { key: id, id, sentence, data, options });
}
