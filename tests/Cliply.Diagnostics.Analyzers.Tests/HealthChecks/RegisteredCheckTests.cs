using Cliply.Diagnostics.Analyzers.HealthChecks;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Analyzers.Tests.HealthChecks;

public sealed class RegisteredCheckTests
{
    [Fact]
    public void Find_ChecksOfTheLibrary_AreThoseThatItAdds()
    {
        var services = new ServiceCollection();
        services.AddCliplyHealthChecks();
        using var provider = services.BuildServiceProvider();
        var added = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;

        var found = RegisteredCheck.Find(CSharpCompilation.Create("Host", [CSharpSyntaxTree.ParseText("services.AddCliplyHealthChecks();", cancellationToken: TestContext.Current.CancellationToken)]), TestContext.Current.CancellationToken);

        found.Select(c => $"{c.Name}: {string.Join(", ", c.Tags!)}").Should().BeEquivalentTo(added.Select(r => $"{r.Name}: {string.Join(", ", r.Tags.Order(StringComparer.Ordinal))}"));
    }
}
