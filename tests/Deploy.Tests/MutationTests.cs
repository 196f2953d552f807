using Granary.Deploy.Tests.Manifests;

namespace Granary.Deploy.Tests;

/// <summary>A mistake in a manifest is found: each one is made in a copy of the text, and the check must tell it.</summary>
public class MutationTests
{
    /// <summary>What is replaced, by what, and words of the problem that must be told.</summary>
    public static TheoryData<string, string, string> Mistakes => new()
    {
        // Names
        { "GRANARY_CHANNEL_PORT:", "GRANARY_CHANEL_PORT:", "GRANARY_CHANEL_PORT is no setting of a silo" },
        { "configMapRef: { name: granary }", "configMapRef: { name: granery }", "there is no ConfigMap granery" },
        { "serviceName: granary-silo", "serviceName: granary-silos", "there is no Service granary-silos" },
        { "value: granary-api,", "value: granary-http,", "names no Service of the silos" },
        { "fieldPath: status.podIP", "fieldPath: status.podIp", "status.podIp is no field of a pod" },
        { "readinessProbe:\n            httpGet", "readynessProbe:\n            httpGet", "not Kubernetes' types" },
        // Ports
        { "GRANARY_CHANNEL_PORT: \"12000\"", "GRANARY_CHANNEL_PORT: \"12001\"", "the pod's port channel is 12000" },
        { "{ name: health, containerPort: 8081 }", "{ name: health, containerPort: 8082 }", "the pod's port health is 8082" },
        { "port: 8080, targetPort: web", "port: 8080, targetPort: http", "has no port http" },
        { "GRANARY_REDIS: granary-redis:6379", "GRANARY_REDIS: granary-redis:6380", "which no Service serves" },
        // Mounts
        { "{ name: data, mountPath: /data }\n            - { name: tmp", "{ name: data, mountPath: /date }\n            - { name: tmp", "GRANARY_HOME is /data, where nothing can be written" },
        { "{ name: tmp, mountPath: /tmp }", "{ name: temp, mountPath: /tmp }", "volume temp, which is not there" },
        { "- { name: tmp, emptyDir: {} }", "", "volume tmp, which is not there" },
        // Probes
        { "path: /health/ready", "path: /healthz", "asks for /healthz" },
        { "path: /health/live, port: health }\n            periodSeconds: 2", "path: /health/live, port: helth }\n            periodSeconds: 2", "asks port helth, which is not there" },
        { "failureThreshold: 150", "failureThreshold: 15", "the startupProbe gives up" },
        // Selectors
        { "clusterIP: None\n  selector: { app.kubernetes.io/name: granary, app.kubernetes.io/component: silo }", "clusterIP: None\n  selector: { app.kubernetes.io/name: granary, app.kubernetes.io/component: silos }", "selects the pods of 0 StatefulSets" },
        { "maxUnavailable: 1\n  selector:\n    matchLabels: { app.kubernetes.io/name: granary, app.kubernetes.io/component: silo }", "maxUnavailable: 1\n  selector:\n    matchLabels: { app.kubernetes.io/name: granary }", "does not select the pods of one StatefulSet" },
        // Who reaches whom
        { "        - { port: channel }\n", "", "silos do not reach each other at port channel" },
        { "      ports:\n        - { port: silo }\n        - { port: gateway }\n        - { port: channel }\n    - ports:", "    - ports:\n        - { port: health }\n    - ports:", "reaches port health" },
        { "      ports:\n        - { port: redis }", "      ports:\n        - { port: 6380 }", "silos do not reach granary-redis" },
        { "    - from:\n        - podSelector:\n            matchLabels: { app.kubernetes.io/name: granary, app.kubernetes.io/component: silo }\n      ports:\n        - { port: redis }", "    - ports:\n        - { port: redis }", "a pod of another namespace reaches port redis" },
        // Resources and time
        { "requests: { cpu: \"1\", memory: 1536Mi }", "requests: { cpu: \"1\", memory: 3Gi }", "requests more memory than its limit" },
        { "GRANARY_THREADS: \"1\"", "GRANARY_THREADS: \"4\"", "GRANARY_THREADS is 4, and 1 cores are requested" },
        { "terminationGracePeriodSeconds: 45", "terminationGracePeriodSeconds: 30", "it is killed after 30 s" },
        // Security
        { "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may become more than it is" },
        { "automountServiceAccountToken: false", "automountServiceAccountToken: true", "it gets a token" },
        { "image: granary/silo:0.1.0", "image: granary/silo", "has no version" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told(string text, string mistake, string problem)
    {
        var right = ManifestFiles.Plain;
        Assert.Contains(text, right);
        Assert.Contains(ManifestCheck.Problems(right.Replace(text, mistake, StringComparison.Ordinal), SiloFacts.Get()), p => p.Contains(problem, StringComparison.Ordinal));
    }
}
