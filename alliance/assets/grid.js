/* Grids are on few pages and their script is the largest of all: it is fetched where the first grid
   is drawn. Stands in for the grid's component until then, and around it after. */
(function () {
    "use strict";
    var fetched = null;

    function fetchGrid() {
        fetched = fetched || new Promise(function (resolve, reject) {
            var script = document.createElement("script");
            script.src = document.body.dataset.gridScript;
            script.onload = function () {
                var whole = window.dash_ag_grid;
                window.dash_ag_grid = Object.assign({}, whole, {AgGrid: Grid});
                resolve({default: whole.AgGrid});
            };
            script.onerror = function () {
                fetched = null;
                reject(new Error("The table's script could not be fetched. Load the page again."));
            };
            document.head.appendChild(script);
        });
        return fetched;
    }

    var Whole = window.React.lazy(fetchGrid);

    function Grid(props) {
        return window.React.createElement(
            window.React.Suspense, {fallback: null}, window.React.createElement(Whole, props)
        );
    }
    Grid.dashRenderType = true;

    window.dash_ag_grid = {AgGrid: Grid};
})();
