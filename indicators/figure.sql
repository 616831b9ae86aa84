-- Authorities' observations with what the comparison needs of their indicator and area. Series (an
-- indicator in a period) and areas are numbered, because numbers join faster than texts; cell_no is both in
-- one (there are fewer than 10,000 areas).
-- Portable SQL: a row's number is an INTEGER on Apache Spark, too small for cell_no, hence the cast.
-- Reads observation, area, indicator and unit_scale (unit, scale).

SELECT
    s.series_no, a.area_no, s.series_no * 10000 + a.area_no AS cell_no, o.indicator_id, o.area_code, o.period, o.period_end,
    o.value, o.numerator, o.denominator,
    a.region_code, a.subregion_code,
    i.unit, i.polarity, i.interval_method, COALESCE(u.scale, 1.0) AS scale,
    CASE WHEN i.polarity = 'low' THEN o.value ELSE -o.value END AS badness
FROM observation AS o
JOIN (
    SELECT area_code, region_code, subregion_code, ROW_NUMBER() OVER (ORDER BY area_code) AS area_no
    FROM area
    WHERE area_level = 'authority'
) AS a ON a.area_code = o.area_code
JOIN (
    SELECT
        indicator_id, period,
        CAST(ROW_NUMBER() OVER (ORDER BY indicator_id, period) AS BIGINT) AS series_no
    FROM (SELECT DISTINCT indicator_id, period FROM observation) AS d
) AS s ON s.indicator_id = o.indicator_id AND s.period = o.period
JOIN indicator AS i ON i.indicator_id = o.indicator_id
LEFT JOIN unit_scale AS u ON u.unit = i.unit
