using System.Globalization;
using System.Text.Json.Nodes;

namespace Cliply.Diagnostics.Kubernetes.Tests;

/// <summary>Objects as a real API server sends them, with all the fields that the collector passes over.</summary>
internal static class Payloads
{
    public const string Hash = "7d9f8c6b54";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Running(DateTimeOffset startedAt) => $$$"""{"running":{"startedAt":"{{{Time(startedAt)}}}"}}""";

    public static string Waiting(string reason) => $$$"""{"waiting":{"reason":"{{{reason}}}","message":"made up for this test: {{{reason}}}"}}""";

    public static string Terminated(string reason, int exitCode, DateTimeOffset finishedAt, TimeSpan? ranFor = null) => $$$"""
        {"terminated":{"exitCode":{{{exitCode}}},"reason":"{{{reason}}}","startedAt":"{{{Time(finishedAt - (ranFor ?? TimeSpan.FromSeconds(20)))}}}","finishedAt":"{{{Time(finishedAt)}}}","containerID":"containerd://5f3c0a7d3b1e4e0f9a8b7c6d5e4f30211203f4e5d6c7b8a90f1e2d3c4b5a6978"}}
        """;

    /// <summary>A pod of a Deployment's ReplicaSet.</summary>
    public static JsonObject Pod(string name, DateTimeOffset created, string state = "{}", string lastState = "{}", int restarts = 0, string phase = "Running", string deployment = "worker", string container = "worker", bool isReady = false)
    {
        var pod = Parse($$$"""
            {
              "metadata": {
                "name": "{{{name}}}", "generateName": "{{{deployment}}}-{{{Hash}}}-", "namespace": "media", "uid": "uid-of-{{{name}}}",
                "resourceVersion": "48211907", "creationTimestamp": "{{{Time(created)}}}",
                "labels": { "app": "worker", "pod-template-hash": "{{{Hash}}}" },
                "annotations": { "kubectl.kubernetes.io/restartedAt": "2026-11-20T09:12:44+01:00" },
                "ownerReferences": [ { "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "{{{deployment}}}-{{{Hash}}}", "uid": "0d6f3b9e-5f0b-4f6c-8a39-3f1f4f1f5c11", "controller": true, "blockOwnerDeletion": true } ],
                "managedFields": [
                  { "manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "time": "{{{Time(created)}}}", "fieldsType": "FieldsV1",
                    "fieldsV1": { "f:metadata": { "f:generateName": {}, "f:labels": { ".": {}, "f:app": {}, "f:pod-template-hash": {} }, "f:ownerReferences": { ".": {}, "k:{\"uid\":\"0d6f3b9e-5f0b-4f6c-8a39-3f1f4f1f5c11\"}": {} } }, "f:spec": { "f:containers": { "k:{\"name\":\"{{{container}}}\"}": { ".": {}, "f:env": { ".": {}, "k:{\"name\":\"DATABASE_URL\"}": { ".": {}, "f:name": {}, "f:valueFrom": { ".": {}, "f:secretKeyRef": {} } } }, "f:image": {}, "f:resources": { ".": {}, "f:limits": { ".": {}, "f:cpu": {}, "f:memory": {} } } } } } } },
                  { "manager": "kubelet", "operation": "Update", "apiVersion": "v1", "time": "{{{Time(created)}}}", "fieldsType": "FieldsV1", "subresource": "status",
                    "fieldsV1": { "f:status": { "f:conditions": { "k:{\"type\":\"Ready\"}": { ".": {}, "f:lastTransitionTime": {}, "f:status": {}, "f:type": {} } }, "f:containerStatuses": {}, "f:phase": {}, "f:podIP": {} } } } ]
              },
              "spec": {
                "volumes": [ { "name": "scratch", "emptyDir": { "sizeLimit": "20Gi" } }, { "name": "kube-api-access-x7k2p", "projected": { "sources": [ { "serviceAccountToken": { "expirationSeconds": 3607, "path": "token" } }, { "configMap": { "name": "kube-root-ca.crt", "items": [ { "key": "ca.crt", "path": "ca.crt" } ] } } ], "defaultMode": 420 } } ],
                "containers": [
                  { "name": "log-shipper", "image": "registry.example/fluent-bit:3.1", "resources": { "limits": { "cpu": "50m", "memory": "64Mi" } }, "terminationMessagePath": "/dev/termination-log", "imagePullPolicy": "IfNotPresent" },
                  { "name": "{{{container}}}", "image": "registry.example/cliply/worker:1.42.0", "command": [ "node", "dist/worker.js" ],
                    "env": [ { "name": "DATABASE_URL", "valueFrom": { "secretKeyRef": { "name": "worker-secrets", "key": "database-url" } } }, { "name": "NODE_ENV", "value": "production" } ],
                    "resources": { "limits": { "cpu": "500m", "memory": "1Gi" }, "requests": { "cpu": "250m", "memory": "512Mi" } },
                    "volumeMounts": [ { "name": "scratch", "mountPath": "/tmp/work" } ], "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent" } ],
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "serviceAccountName": "worker", "nodeName": "node-3", "schedulerName": "default-scheduler",
                "tolerations": [ { "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300 } ], "priority": 0, "enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority"
              },
              "status": {
                "phase": "{{{phase}}}",
                "conditions": [
                  { "type": "PodReadyToStartContainers", "status": "True", "lastProbeTime": null, "lastTransitionTime": "{{{Time(created)}}}" },
                  { "type": "Initialized", "status": "True", "lastProbeTime": null, "lastTransitionTime": "{{{Time(created)}}}" },
                  { "type": "Ready", "status": "{{{(isReady ? "True" : "False")}}}", "lastProbeTime": null, "lastTransitionTime": "{{{Time(created.AddSeconds(5))}}}" },
                  { "type": "PodScheduled", "status": "True", "lastProbeTime": null, "lastTransitionTime": "{{{Time(created)}}}" } ],
                "hostIP": "10.0.3.7", "podIP": "10.244.3.18", "podIPs": [ { "ip": "10.244.3.18" } ], "startTime": "{{{Time(created)}}}", "qosClass": "Burstable",
                "containerStatuses": [
                  { "name": "log-shipper", "state": { "running": { "startedAt": "{{{Time(created)}}}" } }, "lastState": {}, "ready": true, "restartCount": 0, "image": "registry.example/fluent-bit:3.1", "imageID": "", "started": true },
                  { "name": "{{{container}}}", "state": {{{state}}}, "lastState": {{{lastState}}}, "ready": {{{(isReady ? "true" : "false")}}}, "restartCount": {{{restarts}}}, "image": "registry.example/cliply/worker:1.42.0", "imageID": "", "started": {{{(isReady ? "true" : "false")}}} } ]
              }
            }
            """);
        return pod;
    }

    public static JsonObject RunningPod(string name, DateTimeOffset startedAt) => Pod(name, startedAt.AddSeconds(-3), Running(startedAt), isReady: true);

    /// <summary>Accepted, and no container of it known yet.</summary>
    public static JsonObject PendingPod(string name, DateTimeOffset created, string? scheduledReason = null)
    {
        var pod = Pod(name, created, phase: "Pending");
        var status = pod["status"]!.AsObject();
        status.Remove("containerStatuses");
        status.Remove("startTime");
        status["conditions"] = scheduledReason is null
            ? new JsonArray(Parse($$$"""{ "type": "PodScheduled", "status": "True", "lastProbeTime": null, "lastTransitionTime": "{{{Time(created)}}}" }"""))
            : new JsonArray(Parse($$$"""{ "type": "PodScheduled", "status": "False", "lastProbeTime": null, "lastTransitionTime": "{{{Time(created)}}}", "reason": "{{{scheduledReason}}}", "message": "0/3 nodes are available: 3 Insufficient memory." }"""));
        return pod;
    }

    public static JsonObject WithInit(this JsonObject pod, string state, int restarts = 0)
    {
        pod["status"]!["initContainerStatuses"] = new JsonArray(Parse($$$"""{ "name": "migrate", "state": {{{state}}}, "lastState": {}, "ready": false, "restartCount": {{{restarts}}}, "image": "registry.example/cliply/migrate:1.42.0", "imageID": "", "started": false }"""));
        return pod;
    }

    public static JsonObject WithOwner(this JsonObject pod, string? kind, string name = "")
    {
        var metadata = pod["metadata"]!.AsObject();
        metadata["labels"]!.AsObject().Remove("pod-template-hash");
        metadata.Remove("ownerReferences");
        if (kind is not null)
        {
            metadata["ownerReferences"] = new JsonArray(Parse($$$"""{ "apiVersion": "apps/v1", "kind": "{{{kind}}}", "name": "{{{name}}}", "uid": "11111111-5f0b-4f6c-8a39-3f1f4f1f5c11", "controller": true }"""));
        }

        return pod;
    }

    public static JsonObject BeingDeleted(this JsonObject pod, DateTimeOffset goneBy)
    {
        pod["metadata"]!["deletionTimestamp"] = Time(goneBy);
        pod["metadata"]!["deletionGracePeriodSeconds"] = 30;
        return pod;
    }

    public static JsonObject Workload(string name, int replicas, int ready = 0, string kind = "Deployment", bool isLabelled = true, string podLabel = "worker", bool failsToCreate = false) => Parse($$$"""
        {
          "metadata": { "name": "{{{name}}}", "namespace": "media", "uid": "uid-of-{{{kind}}}-{{{name}}}", "resourceVersion": "48211950", "generation": 7, "creationTimestamp": "2026-03-02T10:11:12Z",
            "labels": { {{{(isLabelled ? "\"app\": \"worker\", " : "")}}}"team": "media" }, "annotations": { "deployment.kubernetes.io/revision": "7" } },
          "spec": { "replicas": {{{replicas}}}, "selector": { "matchLabels": { "app": "{{{podLabel}}}" } },
            "template": { "metadata": { "creationTimestamp": null, "labels": { "app": "{{{podLabel}}}" } }, "spec": { "containers": [ { "name": "worker", "image": "registry.example/cliply/worker:1.42.0", "resources": {} } ], "restartPolicy": "Always" } },
            "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": "25%", "maxSurge": "25%" } }, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600 },
          "status": { "observedGeneration": 7, "replicas": {{{replicas}}}, "updatedReplicas": {{{replicas}}}, {{{(ready > 0 ? $"\"readyReplicas\": {ready}, \"availableReplicas\": {ready}, " : "")}}}
            "conditions": [ { "type": "Progressing", "status": "True", "lastUpdateTime": "2026-11-20T09:13:02Z", "lastTransitionTime": "2026-03-02T10:11:12Z", "reason": "NewReplicaSetAvailable", "message": "ReplicaSet has successfully progressed." }
              {{{(failsToCreate ? ", { \"type\": \"ReplicaFailure\", \"status\": \"True\", \"lastUpdateTime\": \"2026-11-20T09:13:02Z\", \"lastTransitionTime\": \"2026-11-20T09:13:02Z\", \"reason\": \"FailedCreate\", \"message\": \"pods is forbidden: exceeded quota: compute\" }" : "")}}} ] }
        }
        """);

    /// <summary>What a Deployment keeps of one version; <c>kubectl apply</c> has left its annotation, as on the Deployment.</summary>
    public static JsonObject ReplicaSet(string deployment, int revision, DateTimeOffset created, string image) => Parse($$$"""
        {
          "metadata": { "name": "{{{deployment}}}-{{{revision}}}f8c6b54", "namespace": "media", "uid": "uid-of-rs-{{{revision}}}", "resourceVersion": "48211951", "generation": 2, "creationTimestamp": "{{{Time(created)}}}",
            "labels": { "app": "worker", "pod-template-hash": "{{{revision}}}f8c6b54" },
            "annotations": { "deployment.kubernetes.io/desired-replicas": "2", "deployment.kubernetes.io/max-replicas": "3", "deployment.kubernetes.io/revision": "{{{revision}}}" },
            "ownerReferences": [ { "apiVersion": "apps/v1", "kind": "Deployment", "name": "{{{deployment}}}", "uid": "uid-of-Deployment-{{{deployment}}}", "controller": true, "blockOwnerDeletion": true } ] },
          "spec": { "replicas": 0, "selector": { "matchLabels": { "app": "worker" } },
            "template": { "metadata": { "creationTimestamp": null, "labels": { "app": "worker" } }, "spec": { "containers": [ { "name": "worker", "image": "{{{image}}}", "env": [ { "name": "NODE_ENV", "value": "canary-made-up-value" } ], "resources": {} } ] } } },
          "status": { "replicas": 0, "observedGeneration": 2 }
        }
        """);

    /// <summary>What a StatefulSet or DaemonSet keeps of one version.</summary>
    public static JsonObject ControllerRevision(string kind, string owner, int revision, DateTimeOffset created, string image) => Parse($$$"""
        {
          "metadata": { "name": "{{{owner}}}-{{{revision}}}d5f8c7", "namespace": "media", "uid": "uid-of-cr-{{{revision}}}", "creationTimestamp": "{{{Time(created)}}}", "labels": { "app": "worker", "controller-revision-hash": "{{{owner}}}-{{{revision}}}d5f8c7" },
            "ownerReferences": [ { "apiVersion": "apps/v1", "kind": "{{{kind}}}", "name": "{{{owner}}}", "uid": "uid-of-{{{kind}}}-{{{owner}}}", "controller": true, "blockOwnerDeletion": true } ] },
          "data": { "spec": { "template": { "$patch": "replace", "metadata": { "creationTimestamp": null, "labels": { "app": "worker" } }, "spec": { "containers": [ { "name": "worker", "image": "{{{image}}}", "env": [ { "name": "A", "value": "canary-made-up-value" } ] } ] } } } },
          "revision": {{{revision}}}
        }
        """);

    public static JsonObject Event(string kind, string name, string reason, DateTimeOffset at, string type = "Warning") => Parse($$$"""
        {
          "metadata": { "name": "{{{name}}}.17a4c7a5b1d3e2f0.{{{reason}}}", "namespace": "media", "uid": "uid-of-event-{{{name}}}-{{{reason}}}", "resourceVersion": "48211960", "creationTimestamp": "{{{Time(at)}}}" },
          "involvedObject": { "kind": "{{{kind}}}", "namespace": "media", "name": "{{{name}}}", "uid": "uid-of-{{{name}}}", "apiVersion": "v1", "resourceVersion": "48211900" },
          "reason": "{{{reason}}}", "message": "made up for this test: {{{reason}}}", "source": { "component": "kubelet", "host": "node-3" },
          "firstTimestamp": "{{{Time(at.AddMinutes(-2))}}}", "lastTimestamp": "{{{Time(at)}}}", "count": 9, "type": "{{{type}}}", "eventTime": null, "reportingComponent": "kubelet", "reportingInstance": "node-3"
        }
        """);

    public static JsonObject Metrics(string pod, string cpu, string memory, string container = "worker") => Parse($$$"""
        {
          "metadata": { "name": "{{{pod}}}", "namespace": "media", "creationTimestamp": "2026-11-23T12:00:00Z", "labels": { "app": "worker", "pod-template-hash": "{{{Hash}}}" } },
          "timestamp": "2026-11-23T11:59:48Z", "window": "15.2s",
          "containers": [ { "name": "log-shipper", "usage": { "cpu": "1200345n", "memory": "18244Ki" } }, { "name": "{{{container}}}", "usage": { "cpu": "{{{cpu}}}", "memory": "{{{memory}}}" } } ]
        }
        """);

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
