import PromQL
import Testing

@Suite struct ResultLabelTests {
    private static let labels: [String: Set<String>] = [
        "requests_total": ["service", "code", "method"],
        "latency_seconds_bucket": ["service", "le"],
        "build_info": ["service", "version"],
        "up": ["job", "instance"],
    ]

    @Test(arguments: [
        ("requests_total", "code method service"),
        ("requests_total{code=\"\"}", "method service"),
        ("{__name__=\"up\"}", "instance job"),
        ("{__name__=~\"up|down\"}", nil), ("other_total", nil),
        ("sum(requests_total)", ""), ("sum by (service, job) (requests_total)", "service"),
        ("sum by (service) (other_total)", "service"),
        ("sum without (code) (requests_total)", "method service"),
        ("sum without (code) (other_total)", nil),
        ("topk by (code) (3, requests_total)", "code method service"),
        ("count_values(\"value\", up)", "value"), ("count_values by (job) (\"value\", up)", "job value"),
        ("rate(requests_total[5m])", "code method service"),
        ("max_over_time(sum by (code) (rate(requests_total[5m]))[1h:])", "code"),
        ("histogram_quantile(0.9, sum by (le, service) (rate(latency_seconds_bucket[5m])))", "service"),
        ("label_replace(up, \"node\", \"$1\", \"instance\", \"(.*):.*\")", "instance job node"),
        ("label_replace(up, \"job\", \"\", \"\", \"\")", "instance job"),
        ("label_join(up, \"both\", \"/\", \"job\", \"instance\")", "both instance job"),
        ("label_replace(up, \"__name__\", \"x\", \"\", \"\")", "instance job"),
        ("absent(up{job=\"a\", instance=~\"b\", env=\"\"})", "job"),
        ("absent(up{job=\"a\", job!=\"b\"})", ""), ("absent(sum(up{job=\"a\"}))", ""),
        ("absent_over_time(other_total{job=\"a\"}[5m])", "job"),
        ("vector(scalar(up))", ""), ("time()", ""), ("hour()", ""), ("hour(up)", "instance job"),
        ("1 + 2", ""),
        ("up * 2", "instance job"), ("2 - up", "instance job"), ("-up", "instance job"),
        ("(up)", "instance job"),
        ("up > bool 1", "instance job"),
        ("requests_total and on (service) up", "code method service"),
        ("requests_total unless other_total", "code method service"),
        ("requests_total or up", "code instance job method service"), ("requests_total or other_total", nil),
        ("requests_total / on (service) build_info", "service"),
        ("requests_total / on (job) build_info", ""), ("other_total / on (job) another_total", "job"),
        ("requests_total / ignoring (code, method, version) build_info", "service"),
        ("requests_total / other_total", "code method service"),
        ("other_total / ignoring (code) requests_total", "method service"),
        ("other_total / another_total", nil),
        ("requests_total * on (service) group_left (version) build_info", "code method service version"),
        ("requests_total * on (service) group_left (code) build_info", "method service"),
        ("requests_total * on (service) group_left (team) other_total", "code method service team"),
        ("build_info * on (service) group_right (version) requests_total", "code method service version"),
        ("other_total * on (service) group_left (version) build_info", nil),
        ("sum by (service) (requests_total) / sum by (service) (other_total)", "service"),
    ])
    func `the labels of a result follow from those of the metrics`(text: String, expected: String?) throws {
        let tree = try PromQLParser.parse(text, as: .prometheus2)
        let labels: ResultLabels =
            expected.map { .known(Set($0.split(separator: " ").map(String.init))) } ?? .unknown
        #expect(tree.resultLabels { Self.labels[$0] } == labels)
    }
}
