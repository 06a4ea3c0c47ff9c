using System.Text.RegularExpressions;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>Which containers are taken for workers.</summary>
public sealed class ContainerFilterTests
{
    private static readonly Dictionary<string, string> None = [];

    [Theory]
    [InlineData(null, "shop-Worker-1", true)]
    [InlineData(null, "worker", true)]
    [InlineData(null, "web", false)]
    [InlineData("render.*", "RENDER.1", true)]
    [InlineData("render.*", "renderx1", false)]
    [InlineData("render-?", "render-1", true)]
    [InlineData("render-?", "render-12", false)]
    [InlineData("worker", "worker-1", false)]
    public void Name_ByPattern_IsFoundHereAndByTheEngine(string? pattern, string name, bool expected)
    {
        var filter = new ContainerFilter(new DockerOptions { NamePattern = pattern });

        filter.Matches(name, None).Should().Be(expected);
        Regex.IsMatch("/" + name, filter.ForEngine["name"].Keys.Single()).Should().Be(expected);
    }

    [Fact]
    public void Labels_WithoutAPattern_AreAllThatCounts()
    {
        var filter = new ContainerFilter(new DockerOptions { Labels = { "role=worker", "queue" } });

        filter.Matches("web", new Dictionary<string, string> { ["role"] = "worker", ["queue"] = "" }).Should().BeTrue();
        filter.Matches("worker", new Dictionary<string, string> { ["role"] = "web", ["queue"] = "" }).Should().BeFalse();
        filter.Matches("worker", new Dictionary<string, string> { ["role"] = "worker" }).Should().BeFalse();
        filter.ForEngine.Keys.Should().Equal("label");
        filter.ForEngine["label"].Should().Equal(new Dictionary<string, bool> { ["role=worker"] = true, ["queue"] = true });
    }

    [Fact]
    public void OneOff_StartedBesideTheService_IsNoWorker() =>
        new ContainerFilter(new DockerOptions()).Matches("shop-worker-run-1", new Dictionary<string, string> { ["com.docker.compose.oneoff"] = "True" }).Should().BeFalse();

    [Theory]
    [InlineData(new[] { "/worker-1" }, "worker-1")]
    [InlineData(new[] { "/web/alias", "/worker-1" }, "worker-1")]
    [InlineData(new string[0], "0123456789ab")]
    public void Name_OfAListedContainer_IsWithoutSlash(string[] names, string expected) =>
        ContainerFilter.NameOf(new ContainerListResponse { ID = "0123456789abcdef", Names = names }).Should().Be(expected);
}
