/* The comparison: how its grid sorts and shows figures, how its pickers find an indicator by what
   people call it, and pictures of its small multiples. */

window.dashAgGridFunctions = window.dashAgGridFunctions || {};
window.dashMantineFunctions = window.dashMantineFunctions || {};
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};

(function () {
    "use strict";

    /* What is no number stands last, whichever way a column is sorted. */
    window.dashAgGridFunctions.compareFigures = function (a, b, nodeA, nodeB, descending) {
        const none = function (value) { return value === null || value === undefined; };
        if (none(a) && none(b)) { return 0; }
        if (none(a)) { return descending ? -1 : 1; }
        if (none(b)) { return descending ? 1 : -1; }
        return a - b;
    };

    function beside(params, letter) {
        const field = (params.colDef && params.colDef.field) || "";
        return params.data ? params.data[letter + field.slice(1)] : "";
    }

    window.dashAgGridFunctions.compareText = function (params) { return beside(params, "t") || ""; };
    window.dashAgGridFunctions.compareNote = function (params) { return beside(params, "n") || null; };

    window.dashAgGridComponentFunctions.CompareAuthority = function (props) {
        return props.data.link
            ? window.React.createElement("a", { href: props.data.link }, props.value)
            : window.React.createElement("span", null, props.value);
    };

    /* The options of a picker in which every word that is typed stands: in the label, in the
       group's name, or in what else people call it. */
    window.dashMantineFunctions.compareFilter = function (found) {
        const asked = plain(found.search).split(" ").filter(Boolean);
        const fits = function (option, group) {
            const text = plain([option.label, option.words, group].filter(Boolean).join(" "));
            return asked.every(function (word) { return text.includes(" " + word); });
        };
        return found.options.map(function (option) {
            if (!option.items) { return fits(option, "") ? option : null; }
            const items = option.items.filter(function (item) { return fits(item, option.group); });
            return items.length ? Object.assign({}, option, { items: items }) : null;
        }).filter(Boolean);
    };

    function plain(text) {
        return " " + (text || "").toLowerCase().replace(/[’']/g, "").replace(/[^a-z0-9]+/g, " ").trim();
    }

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.compare = {
        keep_words: function (found) {
            const url = new URL(window.location.href);
            if (found) { url.searchParams.set("q", found); } else { url.searchParams.delete("q"); }
            window.history.replaceState(window.history.state, "", url);
        },
        keep_tab: function (open) {
            const url = new URL(window.location.href);
            if (open === "table") { url.searchParams.set("tab", open); } else { url.searchParams.delete("tab"); }
            window.history.replaceState(window.history.state, "", url);
            window.setTimeout(function () { window.dispatchEvent(new Event("resize")); }, 0);
        },
    };

    /* A picture of small multiples: the panels of the page in rows of five, with title, source,
       release and caveats in the file itself. */
    const WIDE = 1000, COLUMNS = 5, GAP = 12;

    function compose(panels) {
        const column = (WIDE - GAP * (COLUMNS + 1)) / COLUMNS;
        const cells = Array.from(panels.querySelectorAll(".panel")).map(function (panel, index) {
            const image = panel.querySelector("img");
            const inner = new DOMParser().parseFromString(
                decodeURIComponent(image.src.slice(image.src.indexOf(",") + 1)), "image/svg+xml").documentElement;
            const names = lines(panel.querySelector(".panel-name").textContent, 24).slice(0, 3);
            const last = panel.querySelector(".panel-last").textContent;
            return { inner: inner, names: names, last: last, ours: panel.classList.contains("panel-us"), index: index };
        });
        const head = lines(panels.dataset.title, 80);
        const foot = lines([panels.dataset.source, panels.dataset.caveats].filter(Boolean).join(" "), 150);
        const high = 170, top = 24 + 24 * head.length;
        const height = top + high * Math.ceil(cells.length / COLUMNS) + 15 * foot.length + 24;
        const svg = element("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 " + WIDE + " " + height,
            width: WIDE, height: height, "font-family": "Arial, sans-serif" });
        svg.append(element("rect", { width: WIDE, height: height, fill: "#ffffff" }));
        head.forEach(function (line, n) { svg.append(words(line, GAP, 28 + 24 * n, 18, "#1d2429", "bold")); });
        cells.forEach(function (cell) {
            const x = GAP + (cell.index % COLUMNS) * (column + GAP);
            const y = top + Math.floor(cell.index / COLUMNS) * high;
            const colour = cell.ours ? "#12436d" : "#1d2429";
            cell.names.forEach(function (line, n) {
                svg.append(words(line, x, y + 14 + 14 * n, 12, colour, cell.ours ? "bold" : "normal"));
            });
            const value = words(cell.last, x + column, y + 14, 12, colour, "bold");
            value.setAttribute("text-anchor", "end");
            svg.append(value);
            const inner = document.importNode(cell.inner, true);
            Object.entries({ x: x, y: y + 48, width: column, height: column * 116 / 240 }).forEach(function (pair) {
                inner.setAttribute(pair[0], pair[1]);
            });
            svg.append(inner);
        });
        foot.forEach(function (line, n) {
            svg.append(words(line, GAP, height - 15 * (foot.length - n), 11, "#4b555d", "normal"));
        });
        return { text: new XMLSerializer().serializeToString(svg), height: height };
    }

    function element(name, attributes) {
        const made = document.createElementNS("http://www.w3.org/2000/svg", name);
        Object.entries(attributes).forEach(function (pair) { made.setAttribute(pair[0], pair[1]); });
        return made;
    }

    function words(text, x, y, size, colour, weight) {
        const made = element("text", { x: x, y: y, "font-size": size, fill: colour, "font-weight": weight });
        made.textContent = text;
        return made;
    }

    function lines(text, width) {
        const found = [""];
        (text || "").split(/\s+/).forEach(function (word) {
            if (found[found.length - 1] && (found[found.length - 1] + word).length > width) { found.push(""); }
            found[found.length - 1] += word + " ";
        });
        return found.map(function (line) { return line.trim(); });
    }

    function save(address, file) {
        const link = document.createElement("a");
        link.href = address;
        link.download = file;
        link.click();
    }

    document.addEventListener("click", function (event) {
        const button = event.target.closest("button.download[data-file]");
        const panels = button && button.closest("section").querySelector(".panels");
        if (!panels) { return; }
        const picture = compose(panels);
        const address = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture.text);
        if (button.dataset.file.endsWith(".svg")) { save(address, button.dataset.file); return; }
        const image = new Image();
        image.onload = function () {
            const canvas = document.createElement("canvas");
            canvas.width = 2 * WIDE;
            canvas.height = 2 * picture.height;
            canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
            save(canvas.toDataURL("image/png"), button.dataset.file);
        };
        image.src = address;
    });
})();
