-- DuckDB's SQL: it runs where a release is written and nowhere else.
-- The checks of a candidate release, one query each, headed by the id of its registered check. Each gives
-- at most one row for an indicator (authority_extra: for a file), with its worst example; the words are in
-- release_checks.py, the reasons for every threshold in docs/checks.md.
-- No query compares a total with parts of which one is not published.
-- They read series_count: for each indicator and period the authorities with a row that existed all through
-- it (present), those with a value (n), and how many existed (existing).


-- setup

CREATE OR REPLACE TEMP TABLE series_count AS
WITH span AS (
    SELECT
        o.indicator_id, o.period, o.period_start, o.period_end,
        ANY_VALUE(o.source_file_id) AS source_file_id,
        COUNT(*) FILTER (
            WHERE COALESCE(a.valid_from, DATE '1900-01-01') <= o.period_start
            AND COALESCE(a.valid_to, DATE '9999-12-31') >= o.period_end
        ) AS present,
        COUNT(o.value) AS n
    FROM observation AS o
    JOIN area AS a ON a.area_code = o.area_code AND a.area_level = 'authority'
    GROUP BY o.indicator_id, o.period, o.period_start, o.period_end
),

lifetime AS (
    SELECT s.period_start, s.period_end, COUNT(*) AS existing
    FROM (SELECT DISTINCT period_start, period_end FROM span) AS s
    JOIN area AS a
        ON a.area_level = 'authority'
        AND COALESCE(a.valid_from, DATE '1900-01-01') <= s.period_start
        AND COALESCE(a.valid_to, DATE '9999-12-31') >= s.period_end
    GROUP BY s.period_start, s.period_end
)

SELECT s.*, l.existing
FROM span AS s
JOIN lifetime AS l ON l.period_start = s.period_start AND l.period_end = s.period_end


-- check: rate_recomputed
-- Reads published_rate (indicator_id, scale, parts): the indicators with a published rate and its counts.
-- A figure's grain is what it is rounded to, as the figures beside it show: those of the same indicator and
-- period, of authorities or of regions and the country.

WITH counted AS (
    SELECT
        o.indicator_id, o.source_file_id, o.area_code, a.name, o.period, o.value, o.numerator,
        o.denominator, r.scale, r.parts, a.area_level = 'authority' AS local
    FROM observation AS o
    JOIN published_rate AS r ON r.indicator_id = o.indicator_id
    JOIN area AS a ON a.area_code = o.area_code
    WHERE o.value IS NOT NULL AND o.numerator IS NOT NULL AND o.denominator > 0
),

grain AS (
    SELECT
        indicator_id, period, local,
        CASE
            WHEN BOOL_AND(ABS(value - ROUND(value)) < 1e-6) THEN 1
            WHEN BOOL_AND(ABS(value * 10 - ROUND(value * 10)) < 1e-6) THEN 0.1
            ELSE 0.01
        END AS of_value,
        CASE
            WHEN BOOL_AND(numerator % 10 = 0) THEN 10
            WHEN BOOL_AND(numerator % 5 = 0) THEN 5
            WHEN BOOL_AND(numerator = FLOOR(numerator)) THEN 0
            WHEN BOOL_AND(ABS(numerator * 10 - ROUND(numerator * 10)) < 1e-6) THEN 0.1
            ELSE 0.01
        END AS of_numerator,
        CASE
            WHEN BOOL_AND(denominator % 10 = 0) THEN 10
            WHEN BOOL_AND(denominator % 5 = 0) THEN 5
            WHEN BOOL_AND(denominator = FLOOR(denominator)) THEN 0
            WHEN BOOL_AND(ABS(denominator * 10 - ROUND(denominator * 10)) < 1e-6) THEN 0.1
            ELSE 0.01
        END AS of_denominator
    FROM counted
    GROUP BY indicator_id, period, local
),

bounded AS (
    SELECT
        c.*,
        (c.numerator - g.of_numerator / 2) / (c.denominator + g.of_denominator * c.parts / 2)
        * c.scale - g.of_value / 2 AS low,
        (c.numerator + g.of_numerator / 2) / (c.denominator - g.of_denominator * c.parts / 2)
        * c.scale + g.of_value / 2 AS high,
        c.denominator > g.of_denominator * c.parts / 2 AS bounded
    FROM counted AS c
    JOIN grain AS g
        ON g.indicator_id = c.indicator_id AND g.period = c.period AND g.local = c.local
),

marked AS (
    SELECT *, GREATEST(low - value, value - high) AS excess
    FROM bounded
    WHERE bounded
)

SELECT
    indicator_id,
    ANY_VALUE(source_file_id) AS source_file_id,
    COUNT(*) FILTER (WHERE excess > 1e-6) AS figures,
    COUNT(*) AS checked,
    COUNT(DISTINCT CASE WHEN excess > 1e-6 THEN area_code END) AS areas,
    COUNT(DISTINCT CASE WHEN excess > 1e-6 THEN period END) AS periods,
    ARG_MAX(area_code, excess) AS area_code,
    ARG_MAX(name, excess) AS name,
    ARG_MAX(period, excess) AS period,
    ARG_MAX(value, excess) AS value,
    ARG_MAX(numerator / denominator * scale, excess) AS other
FROM marked
GROUP BY indicator_id
HAVING figures > 0
ORDER BY indicator_id


-- check: region_and_authorities
-- A sum is compared only where every authority of the region has a number, and an indicator is looked at
-- only where most sums agree: what agrees nowhere (a rate, a cost for each child) is no sum.

WITH whole_of AS (
    SELECT area_code, region_code AS whole FROM area WHERE area_level = 'authority'
    UNION ALL
    SELECT area_code, subregion_code FROM area
    WHERE area_level = 'authority' AND subregion_code IS NOT NULL
    UNION ALL
    SELECT a.area_code, e.area_code FROM area AS a
    JOIN area AS e ON a.area_level = 'authority' AND e.area_level = 'england'
),

counted AS (
    SELECT
        o.indicator_id, i.unit, o.source_file_id, o.period, o.period_start, o.period_end, o.area_code,
        a.area_level = 'authority' AS local, a.valid_from, a.valid_to,
        COALESCE(o.numerator, CASE WHEN i.unit IN ('count', 'fte', 'gbp') THEN o.value END) AS count
    FROM observation AS o
    JOIN indicator AS i ON i.indicator_id = o.indicator_id
    JOIN area AS a ON a.area_code = o.area_code
    WHERE o.indicator_id IN (
        SELECT indicator_id FROM observation WHERE numerator IS NOT NULL
        UNION
        SELECT indicator_id FROM indicator WHERE unit IN ('count', 'fte', 'gbp')
    )
),

grain AS (
    SELECT
        indicator_id, period, local,
        CASE
            WHEN BOOL_AND(count % 10 = 0) THEN 10
            WHEN BOOL_AND(count % 5 = 0) THEN 5
            WHEN BOOL_AND(count = FLOOR(count)) THEN CASE WHEN BOOL_AND(unit = 'gbp') THEN 1 ELSE 0 END
            WHEN BOOL_AND(ABS(count * 10 - ROUND(count * 10)) < 1e-6) THEN 0.1
            ELSE 0.01
        END AS size
    FROM counted
    WHERE count IS NOT NULL
    GROUP BY indicator_id, period, local
),

-- Authorities that returned together in a year: each shows the joint figure, which is added once. Not every
-- source marks it, and the two may have the same figure by chance: the sum that is nearer counts.
joint AS (
    SELECT DISTINCT
        area_code, UNNEST(STRING_SPLIT(joint_with, ' ')) AS partner, YEAR(period_end) AS year
    FROM observation
    WHERE joint_with IS NOT NULL
),

returned_together AS (
    SELECT c.indicator_id, c.period, c.area_code, c.count, j.partner
    FROM counted AS c
    JOIN joint AS j ON j.area_code = c.area_code AND j.year = YEAR(c.period_end)
),

repeated AS (
    SELECT c.indicator_id, c.period, w.whole, SUM(c.count) AS count
    FROM returned_together AS c
    JOIN returned_together AS p
        ON p.indicator_id = c.indicator_id AND p.period = c.period AND p.area_code = c.partner
    JOIN whole_of AS w ON w.area_code = c.area_code
    WHERE c.count = p.count AND p.area_code < c.area_code
    GROUP BY c.indicator_id, c.period, w.whole
),

summed AS (
    SELECT
        c.indicator_id, c.period, c.period_start, c.period_end, w.whole,
        SUM(c.count) AS every_part,
        COUNT(c.count) AS n,
        COUNT(c.count) FILTER (
            WHERE COALESCE(c.valid_from, DATE '1900-01-01') <= c.period_start
            AND COALESCE(c.valid_to, DATE '9999-12-31') >= c.period_end
        ) AS reported
    FROM counted AS c
    JOIN whole_of AS w ON w.area_code = c.area_code
    GROUP BY c.indicator_id, c.period, c.period_start, c.period_end, w.whole
),

member AS (
    SELECT s.period_start, s.period_end, w.whole, COUNT(*) AS n
    FROM (SELECT DISTINCT period_start, period_end FROM summed) AS s
    JOIN area AS a
        ON COALESCE(a.valid_from, DATE '1900-01-01') <= s.period_start
        AND COALESCE(a.valid_to, DATE '9999-12-31') >= s.period_end
    JOIN whole_of AS w ON w.area_code = a.area_code
    GROUP BY s.period_start, s.period_end, w.whole
),

compared AS (
    SELECT
        w.indicator_id, w.source_file_id, w.area_code, w.period, w.count AS whole, s.n,
        s.every_part, s.every_part - COALESCE(r.count, 0) AS parts_once
    FROM counted AS w
    JOIN summed AS s
        ON s.indicator_id = w.indicator_id AND s.period = w.period AND s.whole = w.area_code
    JOIN member AS m
        ON m.period_start = s.period_start
        AND m.period_end = s.period_end
        AND m.whole = s.whole
        AND m.n = s.reported
    LEFT JOIN repeated AS r
        ON r.indicator_id = s.indicator_id AND r.period = s.period AND r.whole = s.whole
    WHERE w.count IS NOT NULL AND s.n > 1
),

nearest_sum AS (
    SELECT
        *,
        CASE
            WHEN ABS(whole - parts_once) < ABS(whole - every_part) THEN parts_once
            ELSE every_part
        END AS parts
    FROM compared
),

marked AS (
    SELECT
        s.*,
        ABS(s.whole - s.parts)
        - (g.size / 2 + s.n * p.size / 2 + 1e-6 * GREATEST(ABS(s.whole), 1)) AS excess
    FROM nearest_sum AS s
    JOIN grain AS g ON g.indicator_id = s.indicator_id AND g.period = s.period AND NOT g.local
    JOIN grain AS p ON p.indicator_id = s.indicator_id AND p.period = s.period AND p.local
)

SELECT
    m.indicator_id,
    ANY_VALUE(m.source_file_id) AS source_file_id,
    COUNT(*) FILTER (WHERE excess > 0) AS figures,
    COUNT(*) AS checked,
    COUNT(DISTINCT CASE WHEN excess > 0 THEN m.area_code END) AS areas,
    COUNT(DISTINCT CASE WHEN excess > 0 THEN m.period END) AS periods,
    ARG_MAX(m.area_code, excess) AS area_code,
    ARG_MAX(a.name, excess) AS name,
    ARG_MAX(m.period, excess) AS period,
    ARG_MAX(m.whole, excess) AS value,
    ARG_MAX(m.parts, excess) AS other
FROM marked AS m
JOIN area AS a ON a.area_code = m.area_code
GROUP BY m.indicator_id
HAVING figures > 0 AND checked >= $least_sums AND figures <= $most_wrong * checked
ORDER BY m.indicator_id


-- check: history_jump
-- The newest step of a series against its earlier ones: distance from their median in robust standard
-- deviations (1.4826 x the median absolute deviation, or x the indicator's usual step where that is larger).

WITH latest AS (
    SELECT indicator_id, MAX(period_end) AS period_end
    FROM series_count
    WHERE n > 0
    GROUP BY indicator_id
),

stepped AS (
    SELECT c.indicator_id, c.area_code, c.period, c.value, c.change, c.period_end = l.period_end AS newest
    FROM comparison AS c
    JOIN latest AS l ON l.indicator_id = c.indicator_id
    JOIN indicator AS i ON i.indicator_id = c.indicator_id
    WHERE c.value IS NOT NULL AND i.unit <> 'grade'
),

beyond AS (
    SELECT
        indicator_id, area_code,
        MAX(period) FILTER (WHERE newest) AS period,
        MAX(value) FILTER (WHERE newest) AS value,
        MAX(change) FILTER (WHERE newest) AS change,
        MIN(value) FILTER (WHERE NOT newest) AS low,
        MAX(value) FILTER (WHERE NOT newest) AS high
    FROM stepped
    GROUP BY indicator_id, area_code
    HAVING
        COUNT(*) FILTER (WHERE NOT newest) >= $least_figures
        AND COUNT(change) FILTER (WHERE NOT newest) >= $least_figures - 1
        AND ABS(MAX(change) FILTER (WHERE newest))
        > MAX(ABS(change)) FILTER (WHERE NOT newest)
        AND (
            MAX(value) FILTER (WHERE newest) > MAX(value) FILTER (WHERE NOT newest)
            OR MAX(value) FILTER (WHERE newest) < MIN(value) FILTER (WHERE NOT newest)
        )
),

past AS (
    SELECT s.indicator_id, s.area_code, s.change, MEDIAN(s.change) OVER series AS middle
    FROM stepped AS s
    JOIN beyond AS b ON b.indicator_id = s.indicator_id AND b.area_code = s.area_code
    WHERE NOT s.newest AND s.change IS NOT NULL
    WINDOW series AS (PARTITION BY s.indicator_id, s.area_code)
),

spread AS (
    SELECT
        indicator_id, area_code, ANY_VALUE(middle) AS middle,
        MEDIAN(ABS(change - middle)) AS deviation
    FROM past
    GROUP BY indicator_id, area_code
),

usual AS (
    SELECT indicator_id, MEDIAN(ABS(change)) AS step
    FROM stepped
    WHERE NOT newest
    GROUP BY indicator_id
),

marked AS (
    SELECT
        b.*, ABS(b.change - d.middle) / (1.4826 * GREATEST(d.deviation, u.step)) AS distance
    FROM beyond AS b
    JOIN spread AS d ON d.indicator_id = b.indicator_id AND d.area_code = b.area_code
    JOIN usual AS u ON u.indicator_id = b.indicator_id
    WHERE GREATEST(d.deviation, u.step) > 0
)

SELECT
    m.indicator_id,
    ANY_VALUE(o.source_file_id) AS source_file_id,
    COUNT(*) AS figures,
    COUNT(*) AS areas,
    1 AS periods,
    ARG_MAX(m.area_code, m.distance) AS area_code,
    ARG_MAX(a.name, m.distance) AS name,
    ARG_MAX(m.period, m.distance) AS period,
    ARG_MAX(m.value, m.distance) AS value,
    ARG_MAX(m.low, m.distance) AS low,
    ARG_MAX(m.high, m.distance) AS high
FROM marked AS m
JOIN area AS a ON a.area_code = m.area_code
JOIN observation AS o
    ON o.indicator_id = m.indicator_id AND o.area_code = m.area_code AND o.period = m.period
WHERE m.distance > $furthest
GROUP BY m.indicator_id
ORDER BY m.indicator_id


-- check: closed_year_changed
-- Reads the release before, attached as `before`. A figure that was provisional was not closed.

WITH latest AS (
    SELECT indicator_id, MAX(period_end) AS period_end
    FROM series_count
    WHERE n > 0
    GROUP BY indicator_id
),

marked AS (
    SELECT
        n.indicator_id, n.area_code, n.period, n.period_end, n.value, o.value AS earlier,
        COALESCE(ABS(n.value - o.value), -1) AS distance
    FROM change AS c
    JOIN latest AS l ON l.indicator_id = c.indicator_id
    JOIN comparison AS n
        ON n.indicator_id = c.indicator_id AND n.period = c.period AND n.period_end < l.period_end
    JOIN before.comparison AS o
        ON o.indicator_id = n.indicator_id AND o.area_code = n.area_code AND o.period = n.period
    JOIN before.observation AS p
        ON p.indicator_id = n.indicator_id AND p.area_code = n.area_code AND p.period = n.period
    WHERE c.kind = 'revised' AND n.value IS DISTINCT FROM o.value AND NOT p.provisional
)

SELECT
    m.indicator_id,
    ANY_VALUE(o.source_file_id) AS source_file_id,
    COUNT(*) AS figures,
    COUNT(*) FILTER (WHERE m.value IS NULL) AS withheld,
    COUNT(*) FILTER (WHERE m.earlier IS NULL) AS released,
    COUNT(DISTINCT m.area_code) AS areas,
    COUNT(DISTINCT m.period) AS periods,
    ARG_MIN(m.period, m.period_end) AS first_period,
    ARG_MAX(m.period, m.period_end) AS last_period,
    ARG_MAX(m.area_code, m.distance) AS area_code,
    ARG_MAX(a.name, m.distance) AS name,
    ARG_MAX(m.period, m.distance) AS period,
    MAX(m.distance) >= 0 AS both_known,
    ARG_MAX(m.value, m.distance) AS value,
    ARG_MAX(m.earlier, m.distance) AS other
FROM marked AS m
JOIN area AS a ON a.area_code = m.area_code
JOIN observation AS o
    ON o.indicator_id = m.indicator_id AND o.area_code = m.area_code AND o.period = m.period
GROUP BY m.indicator_id
ORDER BY m.indicator_id


-- check: coverage_fallen
-- Only tables that have (nearly) every authority in both periods: what lists only some is no coverage.

WITH latest AS (
    SELECT indicator_id, MAX(period_end) AS period_end
    FROM series_count
    WHERE n > 0
    GROUP BY indicator_id
)

SELECT
    n.indicator_id,
    n.source_file_id,
    b.n - n.n AS figures,
    1 AS periods,
    n.period,
    b.period AS other_period,
    n.n AS value,
    b.n AS other
FROM series_count AS n
JOIN latest AS l ON l.indicator_id = n.indicator_id AND l.period_end = n.period_end
JOIN series_count AS b
    ON b.indicator_id = n.indicator_id AND YEAR(b.period_end) = YEAR(n.period_end) - 1
WHERE
    b.n - n.n >= $least_fall
    AND b.n - n.n >= $least_share * b.n
    AND n.present >= $whole_country * n.existing
    AND b.present >= $whole_country * b.existing
ORDER BY n.indicator_id


-- check: authority_missing
-- Authorities that existed all through a period. A table that lacks more than a few lists only some.

SELECT
    s.indicator_id,
    ANY_VALUE(s.source_file_id) AS source_file_id,
    COUNT(*) AS figures,
    COUNT(DISTINCT a.area_code) AS areas,
    COUNT(DISTINCT s.period) AS periods,
    ARG_MAX(a.area_code, s.period_end) AS area_code,
    ARG_MAX(a.name, s.period_end) AS name,
    ARG_MAX(s.period, s.period_end) AS period
FROM series_count AS s
JOIN area AS a
    ON a.area_level = 'authority'
    AND COALESCE(a.valid_from, DATE '1900-01-01') <= s.period_start
    AND COALESCE(a.valid_to, DATE '9999-12-31') >= s.period_end
LEFT JOIN observation AS o
    ON o.indicator_id = s.indicator_id AND o.period = s.period AND o.area_code = a.area_code
WHERE
    s.present < s.existing
    AND s.present >= $whole_country * s.existing
    AND o.area_code IS NULL
GROUP BY s.indicator_id
ORDER BY s.indicator_id


-- check: authority_extra
-- One row for a file. What a reader has noted already (outside_lifetime) is not said again.

SELECT
    o.source_file_id,
    COUNT(*) AS figures,
    COUNT(DISTINCT o.indicator_id) AS indicators,
    COUNT(DISTINCT o.area_code) AS areas,
    COUNT(DISTINCT o.period) AS periods,
    CASE WHEN COUNT(DISTINCT o.indicator_id) = 1 THEN MIN(o.indicator_id) END AS only_indicator,
    ARG_MAX(o.area_code, o.period_end) AS area_code,
    ARG_MAX(a.name, o.period_end) AS name,
    ARG_MAX(o.period, o.period_end) AS period
FROM observation AS o
JOIN area AS a ON a.area_code = o.area_code
WHERE
    a.area_level = 'authority'
    AND o.value IS NOT NULL
    AND (
        o.period_end < COALESCE(a.valid_from, DATE '1900-01-01')
        OR o.period_start > COALESCE(a.valid_to, DATE '9999-12-31')
    )
    AND NOT EXISTS (
        SELECT 1
        FROM finding AS f
        WHERE
            f.check_id = 'outside_lifetime'
            AND f.source_file_id = o.source_file_id
            AND f.area_code = o.area_code
    )
GROUP BY o.source_file_id
ORDER BY o.source_file_id
