/* SPDX-License-Identifier: BSD-3-Clause */
/* read.js LOG: what HdrHistogram's own reader makes of an interval log, as JSON. */
const fs = require("fs");
const hdr = require("hdr-histogram-js");

const reader = new hdr.HistogramLogReader(fs.readFileSync(process.argv[2], "utf8"));
const sum = hdr.build({ bitBucketSize: 64, highestTrackableValue: 2 ** 37, numberOfSignificantValueDigits: 3 });
const lines = [];
for (let h; (h = reader.nextIntervalHistogram()) !== null; ) {
    const tag = h.tag === "NO TAG" ? "" : h.tag;
    lines.push({ tag, count: h.totalCount, from: h.startTimeStampMsec, to: h.endTimeStampMsec, max: h.maxValue });
    if (!tag)
        sum.add(h);
}
console.log(JSON.stringify({
    start: reader.startTimeSec,
    lines,
    p50: sum.getValueAtPercentile(50),
    p99: sum.getValueAtPercentile(99),
    distribution: sum.outputPercentileDistribution(5, 1e6),
}));
