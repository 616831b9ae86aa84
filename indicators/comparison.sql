-- Every authority's figure against England, its region and its statistical neighbours.
-- Portable SQL: DuckDB and Apache Spark give the same bits (docs/adr/0004, 0019). So there is no function
-- here that they round differently: no power, no interpolated percentile, no cast of a fraction to a decimal.
-- A grade is an ordinal: it is ranked and counted, and nothing is averaged, subtracted or set against
-- a figure of the country or a region.
-- Reads figure (figure.sql), observation, area, indicator, unit_scale, nearest (area_code, neighbour_code: one model),
-- small_count (exact Poisson limits of 0-9) and constant (z95, z998).

WITH valued AS (
    SELECT
        cell_no, series_no, region_code, value, badness,
        RANK() OVER (PARTITION BY series_no ORDER BY badness) AS rank_england,
        RANK() OVER (PARTITION BY series_no, region_code ORDER BY badness) AS rank_region,
        COUNT(*) OVER (PARTITION BY series_no, region_code, badness) AS n_equal_region,
        ROW_NUMBER() OVER (PARTITION BY series_no ORDER BY value) - 1 AS place,
        CAST(FLOOR(value) AS BIGINT) AS whole,
        CAST(FLOOR((value - FLOOR(value)) * 1e12 + 0.5) AS BIGINT) AS trillionths
    FROM figure
    WHERE value IS NOT NULL
),

england_count AS (
    SELECT series_no, COUNT(*) AS n, COUNT(*) - 1 AS last_place
    FROM valued
    GROUP BY series_no
),

region_count AS (
    SELECT series_no, region_code, COUNT(*) AS n
    FROM valued
    GROUP BY series_no, region_code
),

-- Linear interpolation between the two values on either side of each quartile's place.
quartile AS (
    SELECT
        v.series_no,
        MAX(CASE WHEN v.place = FLOOR(c.last_place * 0.25) THEN v.value END)
        + (MAX(CASE WHEN v.place = CEIL(c.last_place * 0.25) THEN v.value END)
            - MAX(CASE WHEN v.place = FLOOR(c.last_place * 0.25) THEN v.value END))
        * MAX(c.last_place * 0.25 - FLOOR(c.last_place * 0.25)) AS q1,
        MAX(CASE WHEN v.place = FLOOR(c.last_place * 0.5) THEN v.value END)
        + (MAX(CASE WHEN v.place = CEIL(c.last_place * 0.5) THEN v.value END)
            - MAX(CASE WHEN v.place = FLOOR(c.last_place * 0.5) THEN v.value END))
        * MAX(c.last_place * 0.5 - FLOOR(c.last_place * 0.5)) AS q2,
        MAX(CASE WHEN v.place = FLOOR(c.last_place * 0.75) THEN v.value END)
        + (MAX(CASE WHEN v.place = CEIL(c.last_place * 0.75) THEN v.value END)
            - MAX(CASE WHEN v.place = FLOOR(c.last_place * 0.75) THEN v.value END))
        * MAX(c.last_place * 0.75 - FLOOR(c.last_place * 0.75)) AS q3
    FROM valued AS v
    JOIN england_count AS c ON c.series_no = v.series_no
    GROUP BY v.series_no
),

-- Verdicts need the country's figure as it is, not as it is published: most percentages are printed
-- as whole numbers, and half a point decides many. Its counts are rounded to 10, which does not.
england AS (
    SELECT
        o.indicator_id, o.period, o.value,
        CASE
            WHEN i.interval_method <> 'none' AND o.denominator > 0
                THEN COALESCE(o.numerator / o.denominator * COALESCE(u.scale, 1.0), o.value)
            ELSE o.value
        END AS unrounded
    FROM observation AS o
    JOIN area AS a ON a.area_code = o.area_code AND a.area_level = 'england'
    JOIN indicator AS i ON i.indicator_id = o.indicator_id
    LEFT JOIN unit_scale AS u ON u.unit = i.unit
    WHERE i.unit <> 'grade'
),

region AS (
    SELECT o.indicator_id, o.period, o.area_code, o.value
    FROM observation AS o
    JOIN area AS a ON a.area_code = o.area_code AND a.area_level = 'region'
    JOIN indicator AS i ON i.indicator_id = o.indicator_id
    WHERE o.value IS NOT NULL AND i.unit <> 'grade'
),

number AS (
    SELECT DISTINCT area_code, area_no FROM figure
),

pair AS (
    SELECT a.area_no, b.area_no AS neighbour_no
    FROM nearest AS n
    JOIN number AS a ON a.area_code = n.area_code
    JOIN number AS b ON b.area_code = n.neighbour_code
),

-- The neighbours' figures, and how many of them are better than the authority's own. The mean is
-- summed as whole numbers and trillionths: a sum of doubles depends on the order in which threads add
-- them. The median is the middle of the two values that have half of the others on either side.
neighbours AS (
    SELECT
        f.cell_no,
        (CAST(SUM(v.whole) AS DOUBLE) + CAST(SUM(v.trillionths) AS DOUBLE) / 1e12) / COUNT(*) AS mean,
        (PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY v.value)
            + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY v.value DESC)) / 2 AS median,
        COUNT(*) AS n,
        SUM(CASE WHEN v.badness < f.badness THEN 1 ELSE 0 END) AS n_better
    FROM figure AS f
    JOIN pair AS p ON p.area_no = f.area_no
    JOIN valued AS v ON v.cell_no = f.series_no * 10000 + p.neighbour_no
    GROUP BY f.cell_no
),

earlier AS (
    SELECT
        cell_no,
        CASE
            WHEN YEAR(period_end) - YEAR(LAG(period_end) OVER series) = 1
                THEN value - LAG(value) OVER series
        END AS change
    FROM figure
    WINDOW series AS (PARTITION BY indicator_id, area_no ORDER BY period_end)
),

countable AS (
    SELECT
        f.cell_no, f.interval_method, f.scale,
        f.numerator AS x, f.denominator AS n, f.numerator / f.denominator AS p, k.z95, k.z998,
        s.low95, s.high95, s.low998, s.high998
    FROM figure AS f
    CROSS JOIN constant AS k
    LEFT JOIN small_count AS s ON s.count = f.numerator
    WHERE
        f.value IS NOT NULL
        AND f.denominator > 0
        AND f.numerator >= 0
        AND f.numerator = FLOOR(f.numerator)
        AND (
            f.interval_method = 'byar'
            OR (f.interval_method = 'wilson' AND f.numerator <= f.denominator)
        )
),

wilson AS (
    SELECT
        cell_no, scale, x, n,
        (p + z95 * z95 / (2 * n)) / (1 + z95 * z95 / n) AS centre95,
        z95 * SQRT(p * (1 - p) / n + z95 * z95 / (4 * n * n)) / (1 + z95 * z95 / n) AS half95,
        (p + z998 * z998 / (2 * n)) / (1 + z998 * z998 / n) AS centre998,
        z998 * SQRT(p * (1 - p) / n + z998 * z998 / (4 * n * n)) / (1 + z998 * z998 / n) AS half998
    FROM countable
    WHERE interval_method = 'wilson'
),

-- Byar's limits, for counts that have no exact ones: a root, whose cube is taken below.
byar AS (
    SELECT
        cell_no, scale, x, n,
        1 - 1 / (9 * x) - z95 / (3 * SQRT(x)) AS root_low95,
        1 - 1 / (9 * (x + 1)) + z95 / (3 * SQRT(x + 1)) AS root_high95,
        1 - 1 / (9 * x) - z998 / (3 * SQRT(x)) AS root_low998,
        1 - 1 / (9 * (x + 1)) + z998 / (3 * SQRT(x + 1)) AS root_high998
    FROM countable
    WHERE interval_method = 'byar' AND low95 IS NULL
),

-- The limit at a share of nought or one is nought or one itself: rounding must not move it.
limits AS (
    SELECT
        cell_no,
        CASE WHEN x = 0 THEN 0 ELSE scale * (centre95 - half95) END AS low95,
        CASE WHEN x = n THEN scale ELSE scale * (centre95 + half95) END AS high95,
        CASE WHEN x = 0 THEN 0 ELSE scale * (centre998 - half998) END AS low998,
        CASE WHEN x = n THEN scale ELSE scale * (centre998 + half998) END AS high998
    FROM wilson

    UNION ALL

    SELECT cell_no, scale / n * low95, scale / n * high95, scale / n * low998, scale / n * high998
    FROM countable
    WHERE interval_method = 'byar' AND low95 IS NOT NULL

    UNION ALL

    SELECT
        cell_no,
        scale / n * (x * (root_low95 * root_low95 * root_low95)),
        scale / n * ((x + 1) * (root_high95 * root_high95 * root_high95)),
        scale / n * (x * (root_low998 * root_low998 * root_low998)),
        scale / n * ((x + 1) * (root_high998 * root_high998 * root_high998))
    FROM byar
)

SELECT
    f.indicator_id,
    f.area_code,
    f.period,
    f.period_end,
    f.value,
    e.value AS england,
    e.unrounded AS england_unrounded,
    COALESCE(r.value, s.value) AS region,
    CASE WHEN r.value IS NOT NULL THEN f.region_code WHEN s.value IS NOT NULL THEN f.subregion_code
    END AS region_basis,
    CASE WHEN f.unit <> 'grade' THEN n.mean END AS neighbours_mean,
    CASE WHEN f.unit <> 'grade' THEN n.median END AS neighbours_median,
    COALESCE(n.n, 0) AS neighbours_n,
    v.rank_england,
    COALESCE(ec.n, 0) AS n_england,
    v.rank_region,
    COALESCE(rc.n, 0) AS n_region,
    v.n_equal_region,
    CASE WHEN f.value IS NOT NULL AND n.n > 0 THEN n.n_better + 1 END AS rank_neighbours,
    COALESCE(n.n, 0) + CASE WHEN f.value IS NOT NULL AND n.n > 0 THEN 1 ELSE 0 END AS n_neighbours,
    CASE
        WHEN f.value IS NULL OR f.polarity = 'none' OR f.unit = 'grade' THEN NULL
        WHEN f.polarity = 'low' AND f.value <= q.q1 THEN 'A'
        WHEN f.polarity = 'low' AND f.value <= q.q2 THEN 'B'
        WHEN f.polarity = 'low' AND f.value <= q.q3 THEN 'C'
        WHEN f.polarity = 'high' AND f.value > q.q3 THEN 'A'
        WHEN f.polarity = 'high' AND f.value > q.q2 THEN 'B'
        WHEN f.polarity = 'high' AND f.value > q.q1 THEN 'C'
        ELSE 'D'
    END AS quartile_band,
    CASE WHEN f.unit <> 'grade' THEN h.change END AS change,
    l.low95 AS ci95_low,
    l.high95 AS ci95_high,
    l.low998 AS ci998_low,
    l.high998 AS ci998_high,
    CASE
        WHEN l.low95 <= e.unrounded AND e.unrounded <= l.high95 THEN 'similar'
        WHEN l.low95 > e.unrounded AND f.polarity = 'none' THEN 'higher'
        WHEN l.high95 < e.unrounded AND f.polarity = 'none' THEN 'lower'
        WHEN l.low95 > e.unrounded THEN CASE WHEN f.polarity = 'high' THEN 'better' ELSE 'worse' END
        WHEN l.high95 < e.unrounded THEN CASE WHEN f.polarity = 'low' THEN 'better' ELSE 'worse' END
    END AS vs_england
FROM figure AS f
LEFT JOIN valued AS v ON v.cell_no = f.cell_no
LEFT JOIN england_count AS ec ON ec.series_no = f.series_no
LEFT JOIN region_count AS rc ON rc.series_no = f.series_no AND rc.region_code = f.region_code
LEFT JOIN quartile AS q ON q.series_no = f.series_no
LEFT JOIN england AS e ON e.indicator_id = f.indicator_id AND e.period = f.period
LEFT JOIN region AS r
    ON r.indicator_id = f.indicator_id AND r.period = f.period AND r.area_code = f.region_code
LEFT JOIN region AS s
    ON s.indicator_id = f.indicator_id AND s.period = f.period AND s.area_code = f.subregion_code
LEFT JOIN neighbours AS n ON n.cell_no = f.cell_no
LEFT JOIN earlier AS h ON h.cell_no = f.cell_no
LEFT JOIN limits AS l ON l.cell_no = f.cell_no
ORDER BY f.indicator_id, f.period_end, f.area_code
