using System.Text.Json.Serialization.Metadata;

namespace Cliply.Diagnostics.Kubernetes.Tests;

internal static class JsonTypes
{
    public static JsonTypeInfo<Pod> ElementPod(this JsonTypeInfo<ApiList<Pod>> list) => (JsonTypeInfo<Pod>)list.Options.GetTypeInfo(typeof(Pod));
}
