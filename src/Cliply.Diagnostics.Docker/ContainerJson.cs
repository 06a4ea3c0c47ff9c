using System.Text.Json;
using Cliply.Diagnostics.Escalations;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker;

/// <summary>What matters of how a container was made and is. Of its environment, the names alone.</summary>
internal static class ContainerJson
{
    private const int MaxOutput = 1_000;

    /// <summary>Writes it.</summary>
    /// <param name="container">A container that was inspected.</param>
    /// <param name="image">Its image; null: not known.</param>
    public static string Write(WorkerContainer container, ImageInspectResponse? image) => IndentedJson.Write(json =>
    {
        var inspected = container.Inspected!;
        json.WriteStartObject();
        json.WriteString("name", container.Name);
        json.WriteString("id", container.Id);
        json.WriteString("image", inspected.Config?.Image);
        json.WriteString("imageId", inspected.Image);
        Write(json, "imageDigests", image?.RepoDigests);
        if (container.CreatedAt is { } createdAt)
        {
            json.WriteString("createdAt", createdAt);
        }

        WriteState(json, container);
        Write(json, "entrypoint", inspected.Config?.Entrypoint);
        Write(json, "command", inspected.Config?.Cmd);
        json.WriteString("workingFolder", inspected.Config?.WorkingDir);
        json.WriteString("user", inspected.Config?.User);
        Write(json, "environmentNames", inspected.Config?.Env?.Select(NameOf).Order(StringComparer.Ordinal));
        WriteRestartPolicy(json, inspected.HostConfig!.RestartPolicy);
        WriteLimits(json, inspected.HostConfig!);
        WriteHealthCheck(json, inspected.Config?.Healthcheck);
        WriteMounts(json, inspected.Mounts);
        WritePorts(json, inspected.NetworkSettings?.Ports);
        Write(json, "networks", inspected.NetworkSettings?.Networks?.Keys.Order(StringComparer.Ordinal));
        json.WriteStartObject("labels");
        foreach (var (name, value) in (inspected.Config?.Labels ?? container.Labels).OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static string NameOf(string variable)
    {
        var equals = variable.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? variable : variable[..equals];
    }

    private static void WriteState(Utf8JsonWriter json, WorkerContainer container)
    {
        var state = container.Inspected!.State!;
        json.WriteString("state", container.State);
        Write(json, "startedAt", container.StartedAt);
        Write(json, "finishedAt", container.FinishedAt);
        json.WriteNumber("exitCode", state.ExitCode);
        json.WriteBoolean("outOfMemory", state.OOMKilled);
        if (!string.IsNullOrEmpty(state.Error))
        {
            json.WriteString("error", state.Error);
        }

        json.WriteNumber("restarts", container.Inspected.RestartCount);
        if (state.Health is { } health && !string.IsNullOrEmpty(health.Status))
        {
            json.WriteStartObject("health");
            json.WriteString("status", health.Status);
            json.WriteNumber("failingStreak", health.FailingStreak);
            if (health.Log is { Count: > 0 } log && log[^1]?.Output is { Length: > 0 } output)
            {
                json.WriteString("lastOutput", output.AsSpan(0, Math.Min(output.Length, MaxOutput)));
            }

            json.WriteEndObject();
        }
    }

    private static void WriteRestartPolicy(Utf8JsonWriter json, RestartPolicy? policy)
    {
        if (policy is null)
        {
            return;
        }

        json.WriteStartObject("restartPolicy");
        json.WriteString("name", policy.Name switch
        {
            RestartPolicyKind.Always => "always",
            RestartPolicyKind.OnFailure => "on-failure",
            RestartPolicyKind.UnlessStopped => "unless-stopped",
            _ => "no",
        });
        if (policy.MaximumRetryCount > 0)
        {
            json.WriteNumber("mostRetries", policy.MaximumRetryCount);
        }

        json.WriteEndObject();
    }

    /// <summary>0 is no limit to the engine, and is left out.</summary>
    private static void WriteLimits(Utf8JsonWriter json, HostConfig host)
    {
        json.WriteStartObject("limits");
        Limit("memoryBytes", host.Memory);
        Limit("memoryReservationBytes", host.MemoryReservation);
        Limit("memoryAndSwapBytes", host.MemorySwap);
        if (host.NanoCPUs > 0)
        {
            json.WriteNumber("processors", host.NanoCPUs / 1e9);
        }
        else if (host is { CPUQuota: > 0, CPUPeriod: > 0 })
        {
            json.WriteNumber("processors", (double)host.CPUQuota / host.CPUPeriod);
        }

        Limit("processes", host.PidsLimit ?? 0);
        json.WriteEndObject();

        void Limit(string name, long value)
        {
            if (value > 0)
            {
                json.WriteNumber(name, value);
            }
        }
    }

    private static void WriteHealthCheck(Utf8JsonWriter json, HealthcheckConfig? check)
    {
        if (check?.Test is not { Count: > 0 })
        {
            return;
        }

        json.WriteStartObject("healthCheck");
        Write(json, "test", check.Test);
        Write(json, "intervalSeconds", check.Interval);
        Write(json, "timeoutSeconds", check.Timeout);
        json.WriteNumber("retries", check.Retries ?? 0);
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, IEnumerable<MountPoint?>? mounts)
    {
        json.WriteStartArray("mounts");
        foreach (var mount in (mounts ?? []).OfType<MountPoint>())
        {
            json.WriteStartObject();
            json.WriteString("type", mount.Type);
            json.WriteString("source", mount.Type == "volume" && !string.IsNullOrEmpty(mount.Name) ? mount.Name : mount.Source);
            json.WriteString("destination", mount.Destination);
            json.WriteBoolean("isReadOnly", !mount.RW);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePorts(Utf8JsonWriter json, IDictionary<string, IList<PortBinding>>? ports)
    {
        json.WriteStartObject("ports");
        foreach (var (port, bindings) in ports ?? new Dictionary<string, IList<PortBinding>>())
        {
            Write(json, port, (bindings ?? []).Select(b => $"{b.HostIP}:{b.HostPort}"));
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string>? texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts ?? [])
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            json.WriteString(name, known);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, TimeSpan? duration)
    {
        if (duration is { } known && known > TimeSpan.Zero)
        {
            json.WriteNumber(name, known.TotalSeconds);
        }
    }
}
