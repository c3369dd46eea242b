/// Expressions of the shapes that people write for rules, alerts and dashboards; one a line.
///
/// Every one is valid in both dialects once Grafana's variables are filled in.
enum Corpus {
    static let expressions = (rules + alerts + objectives + dashboards + own + corners)
        .split(separator: "\n").map(String.init)

    /// Recording rules about a cluster and its nodes.
    private static let rules = #"""
        sum by (cluster, namespace, pod, container) (rate(container_cpu_usage_seconds_total{job="cadvisor", image!=""}[5m])) * on (cluster, namespace, pod) group_left (node) topk by (cluster, namespace, pod) (1, max by (cluster, namespace, pod, node) (kube_pod_info{node!=""}))
        container_memory_working_set_bytes{job="cadvisor", image!=""} * on (namespace, pod) group_left (node) topk by (namespace, pod) (1, max by (namespace, pod, node) (kube_pod_info{node!=""}))
        kube_pod_container_resource_requests{resource="memory", job="state"} * on (namespace, pod, cluster) group_left () max by (namespace, pod, cluster) ((kube_pod_status_phase{phase=~"Pending|Running"} == 1))
        sum by (namespace, cluster) (sum by (namespace, pod, cluster) (max by (namespace, pod, container, cluster) (kube_pod_container_resource_limits{resource="cpu"}) * on (namespace, pod, cluster) group_left () max by (namespace, pod, cluster) (kube_pod_status_phase{phase=~"Pending|Running"} == 1)))
        max by (cluster, namespace, workload, pod) (label_replace(label_replace(kube_pod_owner{owner_kind="ReplicaSet"}, "replicaset", "$1", "owner_name", "(.*)") * on (replicaset, namespace) group_left (owner_name) topk by (replicaset, namespace) (1, max by (replicaset, namespace, owner_name) (kube_replicaset_owner)), "workload", "$1", "owner_name", "(.*)"))
        label_replace(kube_pod_owner{owner_kind="DaemonSet"}, "workload", "$1", "owner_name", "(.*)")
        count by (cluster, node) (node_cpu_seconds_total{mode="idle"} * on (cluster, namespace, pod) group_left (node) topk by (cluster, namespace, pod) (1, node_namespace_pod:kube_pod_info:))
        sum by (cluster) (:node_memory_MemAvailable_bytes:sum) / sum by (cluster) (node_memory_MemTotal_bytes)
        sum(node_memory_MemAvailable_bytes{job="node"} or (node_memory_Buffers_bytes{job="node"} + node_memory_Cached_bytes{job="node"} + node_memory_MemFree_bytes{job="node"} + node_memory_Slab_bytes{job="node"})) by (cluster)
        1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{job="node", mode=~"idle|iowait|steal"}[5m])))
        count without (cpu, mode) (node_cpu_seconds_total{job="node", mode="idle"})
        (node_load1{job="node"} / instance:node_num_cpu:sum{job="node"})
        1 - ((node_memory_MemAvailable_bytes or (node_memory_Buffers_bytes + node_memory_Cached_bytes + node_memory_MemFree_bytes)) / node_memory_MemTotal_bytes)
        rate(node_vmstat_pgmajfault{job="node"}[5m])
        rate(node_disk_io_time_seconds_total{job="node", device=~"(/dev/)?(mmcblk.p.+|nvme.+|rbd.+|sd.+|vd.+|xvd.+|dm-.+|md.+|dasd.+)"}[5m])
        sum without (device) (rate(node_network_receive_bytes_total{job="node", device!="lo"}[5m]))
        histogram_quantile(0.99, sum by (cluster, le, verb, resource) (rate(apiserver_request_duration_seconds_bucket{job="apiserver", verb=~"LIST|GET"}[5m]))) > 0
        sum by (cluster, code, resource) (rate(apiserver_request_total{job="apiserver", verb=~"POST|PUT|PATCH|DELETE"}[5m]))
        avg_over_time(code_verb:apiserver_request_total:increase30d[30d]) * 24 * 30
        sum by (cluster, code, verb) (increase(apiserver_request_total{job="apiserver", verb="LIST", code=~"2.."}[1h]))
        quantile by (job) (0.5, scrape_duration_seconds)
        stddev without (instance) (rate(http_requests_total[10m]))
        count_values by (version) ("build", go_build_info)
        group by (job, version) (build_info)
        min without (instance, pod) (up{job=~"api-.+"})
        clamp_max(sum(rate(errors_total[1m])) / sum(rate(calls_total[1m])), 1)
        """#

    /// Alerts about a cluster, its nodes and its monitoring.
    private static let alerts = #"""

        max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff", job="state"}[5m]) >= 1
        sum by (namespace, pod, job, cluster) (max by (namespace, pod, job, cluster) (kube_pod_status_phase{phase=~"Pending|Unknown|Failed"}) * on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"}))) > 0
        (kube_deployment_spec_replicas{job="state"} > kube_deployment_status_replicas_available{job="state"}) and (changes(kube_deployment_status_replicas_updated{job="state"}[10m]) == 0)
        time() - max by (namespace, job_name, cluster) (kube_job_status_start_time{job="state"} and kube_job_status_active{job="state"} > 0) > 43200
        (kube_hpa_status_desired{job="state"} != kube_hpa_status_current{job="state"}) and (kube_hpa_status_current > kube_hpa_spec_min) and (kube_hpa_status_current < kube_hpa_spec_max) and changes(kube_hpa_status_current[15m]) == 0
        sum by (cluster) (namespace_cpu:requests:sum{}) - (sum by (cluster) (kube_node_status_allocatable{resource="cpu"}) - max by (cluster) (kube_node_status_allocatable{resource="cpu"})) > 0
        kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.15 and kubelet_volume_stats_used_bytes > 0 and predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0 unless on (cluster, namespace, persistentvolumeclaim) kube_pvc_access_mode{access_mode="ReadOnlyMany"} == 1
        node_filesystem_avail_bytes{fstype!="", mountpoint!=""} / node_filesystem_size_bytes{fstype!="", mountpoint!=""} * 100 < 3 and node_filesystem_readonly{fstype!="", mountpoint!=""} == 0
        predict_linear(node_filesystem_avail_bytes{job="node"}[6h], 24 * 60 * 60) < 0
        increase(node_network_receive_errs_total[2m]) / increase(node_network_receive_packets_total[2m]) > 0.01
        (node_timex_offset_seconds > 0.05 and deriv(node_timex_offset_seconds[5m]) >= 0) or (node_timex_offset_seconds < -0.05 and deriv(node_timex_offset_seconds[5m]) <= 0)
        min_over_time(node_timex_sync_status[5m]) == 0 and node_timex_maxerror_seconds >= 16
        absent(up{job="apiserver"} == 1)
        absent(up{job="spanmeter"}) or up{job="spanmeter"} == 0
        absent_over_time(slo:objective:ratio{slo="a"}[10m])
        100 * (count by (cluster, job, namespace) (up == 0) / count by (cluster, job, namespace) (up)) > 10
        vector(1)
        count by (cluster) (count by (git_version, cluster) (label_replace(kubernetes_build_info{job!~"dns|core"}, "git_version", "$1", "git_version", "(v[0-9]*.[0-9]*).*"))) > 1
        (sum by (cluster, instance, job) (rate(rest_client_requests_total{code=~"5.."}[5m])) / sum by (cluster, instance, job) (rate(rest_client_requests_total[5m]))) > 0.01
        histogram_quantile(0.01, sum by (job, le, cluster) (rate(apiserver_client_certificate_expiration_seconds_bucket{job="apiserver"}[5m]))) < 604800 and on (job, cluster) apiserver_client_certificate_expiration_seconds_count{job="apiserver"} > 0
        (last_over_time(prometheus_config_last_reload_successful[5m]) == 0)
        (predict_linear(prometheus_notifications_queue_length[5m], 60 * 30) > min_over_time(prometheus_notifications_queue_capacity[5m]))
        rate(prometheus_remote_storage_samples_failed_total[5m]) / (rate(prometheus_remote_storage_samples_failed_total[5m]) + rate(prometheus_remote_storage_samples_total[5m])) * 100 > 1
        (max_over_time(prometheus_remote_storage_highest_timestamp_in_seconds[5m]) - ignoring (remote_name, url) group_right () max_over_time(prometheus_remote_storage_queue_highest_sent_timestamp_seconds[5m])) > 120
        count without (severity) (ALERTS{alertstate="firing", severity=~"P0|P1"}) >= 1
        ALERTS_FOR_STATE offset 1m
        sum(rate(alertmanager_notifications_failed_total[5m])) by (integration) / ignoring (reason) group_left sum(rate(alertmanager_notifications_total[5m])) by (integration) > 0.01
        count_over_time(up{job="batch"}[1d]) < 10
        up == 0 unless on (instance) maintenance_window == 1
        day_of_week() > 0 and day_of_week() < 6 and on () hour() >= 8 and on () hour() < 18
        (time() - process_start_time_seconds) < bool 600
        resets(process_start_time_seconds[1h]) > 3
        delta(cpu_temp_celsius{host="zeus"}[2h]) > 10
        abs(clock_skew_seconds) > 0.5
        sgn(trend) == -1
        """#

    /// Objectives, error budgets and burn rates.
    private static let objectives = #"""

        (sum(rate(http_requests_total{job="api", code=~"5..|429"}[5m]))) / (sum(rate(http_requests_total{job="api"}[5m])))
        sum_over_time(slo:sli_error:ratio_rate5m{id="api", service="shop"}[30d]) / ignoring (window) count_over_time(slo:sli_error:ratio_rate5m{id="api", service="shop"}[30d])
        1 - slo:objective:ratio{service="shop"}
        slo:sli_error:ratio_rate5m{id="a"} / on (id, service, slo) group_left slo:error_budget:ratio{id="a"}
        1 - slo:period_burn_rate:ratio{id="a"}
        (max(slo:sli_error:ratio_rate5m{id="a"} > (14.4 * 0.001)) without (window)) and (max(slo:sli_error:ratio_rate1h{id="a"} > (14.4 * 0.001)) without (window)) or (max(slo:sli_error:ratio_rate30m{id="a"} > (6 * 0.001)) without (window)) and (max(slo:sli_error:ratio_rate6h{id="a"} > (6 * 0.001)) without (window))
        http_requests:burnrate5m{job="api", slo="errors"} > (14 * (1 - 0.99)) and http_requests:burnrate1h{job="api", slo="errors"} > (14 * (1 - 0.99))
        sum by (code) (increase(http_requests_total{job="api"}[4w]))
        ((1 - 0.99) - (1 - sum(http_requests:increase4w{code!~"5.."} or vector(0)) / sum(http_requests:increase4w))) / (1 - 0.99)
        sum(rate(latency_seconds_count[5m])) - sum(rate(latency_seconds_bucket{le="0.1"}[5m]))
        (sum(increase(calls_total{outcome="failed"}[1h])) or vector(0)) / sum(increase(calls_total[1h])) and sum(increase(calls_total[1h])) > 20
        sum by (service) (rate(errors_total[1h])) / sum by (service) (rate(calls_total[1h])) > on () group_left () (14.4 * (1 - max(spanmeter_objective{name="accuracy", bound="min"})))
        spanmeter_objective_error_ratio{name="accuracy", window="30d"} > 1
        vector(30)
        vector(0.999)
        """#

    /// Panels, with Grafana's variables.
    private static let dashboards = #"""

        sum(rate(http_requests_total{job=~"$job", instance=~"$instance"}[$__rate_interval])) by (code)
        histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket{service=~"$service"}[$__rate_interval])) by (le))
        sum(increase(http_requests_total{environment=~"${environment:regex}"}[$__range]))
        sum by (le) (increase(http_request_duration_seconds_bucket{service=~"$service"}[$__interval]))
        topk(10, sum by (handler) (rate(http_requests_total{job="$job"}[$__rate_interval])))
        sum(rate(a_total[$__rate_interval])) - sum(rate(a_total[$__rate_interval] offset 1w))
        avg_over_time(spanmeter_accuracy{skill=~"$skill"}[$__range]) - avg_over_time(spanmeter_accuracy{skill=~"$skill"}[$__range] offset $__range)
        max_over_time(sum(rate(http_requests_total{job=~"$job"}[5m]))[$__range:5m])
        max_over_time(sum(up{job=~"$job"})[${__range}:${__interval}])
        count(count by (instance) (up{job=~"$job"}))
        100 - (avg by (instance) (rate(node_cpu_seconds_total{mode="idle", instance=~"$node"}[$__rate_interval])) * 100)
        label_join(up{job="api", src1="a"}, "foo", ",", "src1", "src2", "src3")
        label_replace(up{job=~"$job"}, "host", "$1", "instance", "([^:]+)(:\\d+)?")
        sum(rate(container_network_receive_bytes_total{namespace="$namespace", pod=~"$pod"}[$__rate_interval])) by (pod) * 8
        changes(spanmeter_build_info{version!=""}[$__interval]) > 0
        sort_desc(sum by (skill) (increase(routing_test_total{result="failed"}[$__range])))
        sort(avg by (suite) (test_duration_seconds))
        ALERTS{alertstate="firing", severity=~"P0|P1", service=~"$service"}
        (sum(a) or vector(0)) / (sum(b) > 0)
        sum(rate(a_total{x="y"}[$__rate_interval])) / sum(rate(b_total[$__rate_interval])) or 0 * sum(rate(b_total[$__rate_interval]))
        round(sum(increase(cost_usd_total[$__range])), 0.01)
        round(temperature)
        timestamp(last_run_time{branch="main"}) * 1000
        max(last_seen_timestamp_seconds{suite=~"$suite"}) * 1000
        time() - max by (suite) (last_seen_timestamp_seconds)
        quantile_over_time(0.95, queue_length[$__range])
        stddev_over_time(a[1h]) / avg_over_time(a[1h])
        last_over_time(verdict{experiment="$experiment"}[$__range])
        present_over_time(worker_busy{worker!=""}[5m])
        bottomk(5, pass_ratio{suite=~"$suite"} < 1)
        clamp(pass_ratio, 0, 1)
        clamp_min(free_bytes - 1e9, 0)
        """#

    /// What spanmeter's own kit asks.
    private static let own = #"""

        sum by (span_name) (increase(traces_spanmetrics_calls_total{status_code!="STATUS_CODE_ERROR"}[7d])) / sum by (span_name) (increase(traces_spanmetrics_calls_total[7d]))
        (routing_test:pass_rate_7d > 0.3) and (routing_test:pass_rate_7d < 0.7)
        (sum by (service) (rate(ok_total[1h])) or 0 * sum by (service) (rate(all_total[1h]))) / sum by (service) (rate(all_total[1h]))
        sum by (service) (max_over_time(routing_test_cost_usd_total[1d]) - min_over_time(routing_test_cost_usd_total[1d]))
        routing_test:cost_usd:1d > on () group_left () max(spanmeter_objective{name="daily_cost_usd", bound="max"})
        routing_test:accuracy:7d - routing_test:accuracy:7d offset 7d
        routing_test:cost_usd:1h > quantile_over_time(0.5, routing_test:cost_usd:1h[7d:1h]) + 4 * stddev_over_time(routing_test:cost_usd:1h[7d:1h]) and count_over_time(routing_test:cost_usd:1h[7d:1h]) >= 72
        sum(cost_usd_total) / day_of_month(vector(time())) * days_in_month()
        sum by (service) (rate(api_requests_total{status="429"}[5m])) / sum by (service) (rate(api_requests_total[5m])) > 0.05 and sum by (service) (increase(api_requests_total[5m])) >= 20
        spanmeter_tests{state="flaky"} > 2 * (spanmeter_tests{state="flaky"} offset 1d) and spanmeter_tests{state="flaky"} >= 5
        spanmeter_experiment_srm_p < 0.001
        spanmeter_change_impact < 0 and on (skill, change) spanmeter_change_p < 0.01 and on (skill, change) spanmeter_change_cases >= 20
        count by (platform) (errors_total) / ignoring (platform) group_left () count(errors_total) > 0.8 and on () count(errors_total) >= 20
        (blocked_total / commands_total < 0.005) or (blocked_total / commands_total > 0.02)
        histogram_quantile(0.95, sum by (service, le) (rate(routing_test_api_latency_seconds_bucket[5m]))) > on () group_left () max(spanmeter_objective{name="api_latency_p95_seconds"})
        sum by (service) (rate(spans_rejected_total[5m])) > 0
        spanmeter_series / on () group_left () spanmeter_series_limit > 0.9
        spanmeter_forward_queue_bytes > 0.8 * 67108864
        rate(spanmeter_commit_seconds_sum[5m]) / rate(spanmeter_commit_seconds_count[5m]) > 0.05
        up{lifetime="long"} == 0
        spanmeter_objective_state == 0.5
        """#

    /// What the grammar allows, and somebody writes.
    private static let corners = #"""

        1 + 2 * 3 ^ 2 ^ -1
        -1 ^ 2
        - - up
        +up
        2 * (1 + time()) % 7
        1 > bool 2
        scalar(up) >= bool 1
        Inf
        NaN != bool NaN
        0x1F + 1e-3 + .5
        "a string"
        `raw \n`
        'it is'
        pi() * rad(vector(180)) / deg(a)
        vector(1) atan2 vector(2)
        ln(a) + log2(a) + log10(a) + exp(a) + sqrt(a) + floor(a) + ceil(a)
        sin(a) + cos(a) + tan(a) + asin(a) + acos(a) + atan(a) + sinh(a) + cosh(a) + tanh(a)
        minute() + hour(a) + month() + year(a) + day_of_year()
        idelta(a[5m]) + irate(a[5m])
        stdvar_over_time(a[1h:1m]) + sum_over_time(a[1h])
        stdvar(a) + stddev by (b) (a)
        histogram_count(a) / histogram_sum(a)
        histogram_fraction(0, 0.2, rate(a[1h]))
        {__name__=~"a|b", job!~"c.*"}
        {__name__="with space"}
        {job="a", job!="b",}
        a{b='c', d=`e`, f="g\"h\n"}
        a{on="b", bool="c", sum="d", inf="e"}
        sum by (on, bool, offset, start, end, group_left) (a)
        sum without () (a)
        sum(b) by (a)
        on_call + by + without + offset + start + end + sum + avg
        a @ 1609746000
        a @ start() - a @ end()
        a offset -1h
        a[5m] offset 1h @ 1609746000
        a @ 1609746000.123 offset 5m
        sum(a @ end() offset 1d)
        rate(a[5m] @ end())
        max_over_time(rate(a[5m] offset 1h)[1h:1m] @ start() offset 1d)
        min_over_time((a + b)[30m:])
        a[1y2w3d4h5m6s7ms]
        absent_over_time({job="a"}[1h30m])
        a and b or c unless d
        a == b != c
        a > bool on (d) group_left (e) b
        a / ignoring (b, c,) group_right (d,) e
        a + on () group_left () vector(1)
        SUM(a) BY (b) OR Sum(c)
        a # a comment
        (((((a)))))
        """#
}
