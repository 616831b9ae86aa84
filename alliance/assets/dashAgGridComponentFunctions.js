/* Cells of the grids that are more than text. */

var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

dagcomponentfuncs.IndicatorLink = function (props) {
    return window.React.createElement("a", { href: props.data.link }, props.value);
};
