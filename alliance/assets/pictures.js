/* Pictures of charts for reports: above the chart its title and what it says, below it source,
   release, caveats, who is left out and how it is read. All of it is in the file, laid out by
   measured text, so that nothing lies over anything else whatever the chart. */

(function () {
    "use strict";

    const WIDTH = 800, PAD = 20, PRINTED = 2000;
    const INK = "#1D2429", MUTED = "#4B555D", PLUM = "#801650", RULE = "#C9CFD4";
    const FONT = "Inter, 'Segoe UI', system-ui, 'Helvetica Neue', Arial, sans-serif";
    const SVG = "http://www.w3.org/2000/svg";
    const measure = document.createElement("canvas").getContext("2d");

    /* The chart as Plotly draws it at the picture's width, as an SVG element. */
    function drawn(graph) {
        const figure = window.allianceFitting.figureAt(graph, WIDTH);
        const height = figure.layout.height + 22 * (legendRows(graph) - 1);
        const layout = Object.assign({}, figure.layout, { width: WIDTH, height: height, autosize: false });
        return window.Plotly.toImage(
            { data: figure.data, layout: layout }, { format: "svg", width: WIDTH, height: height }
        ).then(function (address) {
            const text = decodeURIComponent(address.slice(address.indexOf(",") + 1));
            return new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
        });
    }

    /* A legend of several rows grows upwards: at most so many. */
    function legendRows(graph) {
        const names = graph.data
            .filter(function (trace) { return trace.showlegend !== false && trace.name; })
            .map(function (trace) { return trace.name.length; });
        if (!graph.layout.showlegend || !names.length) { return 1; }
        const inARow = Math.max(1, Math.floor((WIDTH - 90) / (8 * Math.max(...names) + 48)));
        return Math.ceil(names.length / inARow);
    }

    /* Lines of a text that fit the width in that type. */
    function wrap(text, size, weight) {
        measure.font = weight + " " + size + "px " + FONT;
        const lines = [];
        let line = "";
        text.split(/\s+/).filter(Boolean).forEach(function (word) {
            const longer = line ? line + " " + word : word;
            if (line && measure.measureText(longer).width > WIDTH) { lines.push(line); line = word; }
            else { line = longer; }
        });
        return line ? lines.concat(line) : lines;
    }

    function element(name, attributes) {
        const made = document.createElementNS(SVG, name);
        Object.entries(attributes).forEach(function (pair) { made.setAttribute(pair[0], pair[1]); });
        return made;
    }

    /* Lines of text from `top` on; gives where they end. */
    function write(picture, text, top, type) {
        const step = Math.round(type.size * 1.35);
        const place = element("text", {
            class: type.name, "font-family": FONT, "font-size": type.size, "font-weight": type.weight,
            fill: type.colour,
        });
        wrap(text, type.size, type.weight).forEach(function (line, number) {
            const span = element("tspan", { x: PAD, y: top + type.size + number * step });
            span.textContent = line;
            place.appendChild(span);
        });
        picture.appendChild(place);
        return top + step * place.childNodes.length;
    }

    const TITLE = { name: "picture-title", size: 19, weight: 700, colour: INK };
    const SENTENCE = { name: "picture-sentence", size: 14, weight: 400, colour: INK };
    const CAPTION = { name: "picture-caption", size: 12, weight: 400, colour: MUTED };

    function banner(picture, words) {
        picture.appendChild(element("rect", { x: 0, y: 0, width: WIDTH + 2 * PAD, height: 30, fill: PLUM }));
        return write(picture, words, 6, { name: "picture-banner", size: 14, weight: 700, colour: "#FFFFFF" }) + 5;
    }

    function compose(chart, meta) {
        const picture = element("svg", { xmlns: SVG, width: WIDTH + 2 * PAD });
        const title = element("title", {});
        title.textContent = [meta.title, meta.sentence].filter(Boolean).join(". ");
        picture.appendChild(title);
        const paper = picture.appendChild(element("rect", { x: 0, y: 0, width: "100%", height: "100%", fill: "#FFFFFF" }));
        const demonstration = /^Demonstration: [^.]*/.exec(meta.source || "");
        let y = demonstration ? banner(picture, demonstration[0]) : 0;
        y = write(picture, meta.title || "", y + 14, TITLE);
        if (meta.sentence) { y = write(picture, meta.sentence, y + 4, SENTENCE); }
        chart.setAttribute("x", PAD);
        chart.setAttribute("y", y + 10);
        chart.setAttribute("class", "picture-chart");
        picture.appendChild(chart);
        y += 10 + Number(chart.getAttribute("height")) + 10;
        picture.appendChild(element("line", { x1: PAD, x2: PAD + WIDTH, y1: y, y2: y, stroke: RULE }));
        const captions = [].concat(meta.notes || [], meta.reading || [], meta.source || [],
            meta.caveats ? "Caveats: " + meta.caveats : []);
        captions.forEach(function (words) { y = write(picture, words, y + 4, CAPTION); });
        picture.setAttribute("height", y + 16);
        picture.setAttribute("viewBox", "0 0 " + (WIDTH + 2 * PAD) + " " + (y + 16));
        paper.setAttribute("height", y + 16);
        return picture;
    }

    /* The picture as PNG, wide enough for a printed page. */
    function toPng(text) {
        return new Promise(function (resolve, reject) {
            const image = new Image();
            image.onerror = reject;
            image.onload = function () {
                const canvas = document.createElement("canvas");
                canvas.width = PRINTED;
                canvas.height = Math.round(image.height * PRINTED / image.width);
                canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
                canvas.toBlob(resolve, "image/png");
            };
            image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
        });
    }

    function save(blob, file) {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = file;
        link.click();
        window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    }

    /* An SVG element with what is to be said of it, as a file whose ending names its form. */
    function savePicture(chart, meta, file) {
        const text = new XMLSerializer().serializeToString(compose(chart, meta));
        if (file.endsWith(".png")) { return toPng(text).then(function (blob) { save(blob, file); }); }
        save(new Blob([text], { type: "image/svg+xml" }), file);
        return Promise.resolve();
    }

    window.alliancePictures = { savePicture: savePicture, WIDTH: WIDTH };

    document.addEventListener("click", function (event) {
        const button = event.target.closest("button.download[data-file]");
        if (!button) { return; }
        const graph = button.closest("section").querySelector(".js-plotly-plot");
        if (graph && window.Plotly) {
            drawn(graph).then(function (chart) {
                return savePicture(chart, graph.layout.meta || {}, button.dataset.file);
            });
        }
    });
})();
