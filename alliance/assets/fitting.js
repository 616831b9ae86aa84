/* A chart that says in its layout how it changes at some widths (`meta.fit`, written by
   `alliance.charts.style.fit`) is drawn so where it is as wide: only the browser knows how wide it
   is. The figure as it was sent is kept, and drawn again where the width no longer fits. */

(function () {
    "use strict";

    const AS_SENT = { data: [], layout: {} };
    const known = new WeakMap();

    function room(graph) { return graph.layout.width || graph.clientWidth; }

    /* What was sent for this graph, and whether the changes are drawn now. */
    function stateOf(graph) {
        let state = known.get(graph);
        if (!state || state.layout !== graph.layout) {
            /* A copy: Plotly takes the height out of its own where it draws for another width. */
            const height = graph.layout.height || (graph._fullLayout || {}).height;
            const layout = Object.assign({}, graph.layout, { height: height });
            state = { sent: { data: graph.data, layout: layout }, layout: graph.layout, changed: false };
            known.set(graph, state);
        }
        return state;
    }

    /* An axis keeps what Plotly found out of its figures: it does not ask again where only ticks change. */
    function changed(sent, changes, width) {
        const data = sent.data.map((trace, i) => Object.assign({}, trace, changes.data[i]));
        const layout = Object.assign({}, sent.layout, changes.layout, width);
        ["xaxis", "yaxis"].forEach((axis) => {
            if (changes.layout[axis]) { layout[axis] = Object.assign({}, sent.layout[axis], changes.layout[axis]); }
        });
        return { data: data, layout: layout };
    }

    /* Data and layout of the chart where it has that many pixels. */
    function figureAt(graph, wide) {
        const sent = stateOf(graph).sent;
        const changes = sent.layout.meta && sent.layout.meta.fit;
        const fits = changes && wide >= changes.least && wide < changes.most;
        return changed(sent, fits ? changes : AS_SENT, {});
    }

    /* Draws the chart for that many pixels, or for as many as it has. */
    function fit(graph, pixels) {
        if (!graph.layout || !window.Plotly) { return; }
        const state = stateOf(graph);
        const changes = state.sent.layout.meta && state.sent.layout.meta.fit;
        const wide = pixels || room(graph);
        if (!changes || !wide) { return; }
        const fits = wide >= changes.least && wide < changes.most;
        if (fits === state.changed) { return; }
        const width = pixels ? { width: pixels } : {};
        const figure = changed(state.sent, fits ? changes : AS_SENT, width);
        state.changed = fits;
        state.layout = figure.layout;
        const place = graph.closest(".graph").firstElementChild;
        place.style.height = figure.layout.height + "px";
        window.Plotly.react(graph, figure.data, figure.layout);
        window.Plotly.redraw(graph); /* else the legend stands where the old margins left it */
    }

    /* In a turn of its own: a chart that is drawn again while it is being drawn mixes the two. */
    function fitSoon(graph) { window.setTimeout(() => { if (graph.isConnected) { fit(graph); } }, 0); }

    /* Once a chart has been drawn for another width its legend is drawn again: Plotly leaves it
       where the old margins were. */
    const REST = 200;
    const widths = new WeakMap();

    function resized(graph) {
        const before = widths.get(graph), width = graph.clientWidth;
        widths.set(graph, width);
        fitSoon(graph);
        if (!before || before === width || !width) { return; }
        window.setTimeout(() => {
            if (graph.isConnected && graph.clientWidth === width) { window.Plotly.redraw(graph); }
        }, REST);
    }

    const watch = new ResizeObserver((entries) => entries.forEach((entry) => resized(entry.target)));
    const met = new WeakSet();

    function meet() {
        document.querySelectorAll(".graph .js-plotly-plot").forEach((graph) => {
            if (!graph.on || met.has(graph)) { return; }
            met.add(graph);
            graph.on("plotly_afterplot", () => fitSoon(graph));
            watch.observe(graph);
        });
    }

    new MutationObserver(meet).observe(document.documentElement, { childList: true, subtree: true });
    window.allianceFitting = { fit: fit, figureAt: figureAt };
}());
