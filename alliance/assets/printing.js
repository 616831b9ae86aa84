/* Charts are drawn for a screen: before the page is printed each is drawn again as wide as a sheet of
   A4, and afterwards as wide as its place. Details are opened, so that nothing is missing on paper. */
(function () {
    "use strict";
    const SHEET = 680;
    let opened = [];

    function charts() {
        return [...document.querySelectorAll(".graph .js-plotly-plot")];
    }

    window.addEventListener("beforeprint", () => {
        charts().forEach((chart) => {
            if (chart.clientWidth <= SHEET) { return; }
            window.allianceFitting.fit(chart, SHEET);
            window.Plotly.relayout(chart, { width: SHEET });
        });
        opened = [...document.querySelectorAll("main details:not([open])")];
        opened.forEach((details) => { details.open = true; });
    });

    window.addEventListener("afterprint", () => {
        charts().forEach((chart) => window.Plotly.relayout(chart, { autosize: true, width: null }));
        charts().forEach((chart) => window.allianceFitting.fit(chart));
        opened.forEach((details) => { details.open = false; });
    });
}());
