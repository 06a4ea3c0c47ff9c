using System.Reflection;
using Cliply.Diagnostics.Analyzers.Options;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Analyzers.Tests.Options;

/// <summary>The pairs that the rule knows are those that the library's own validation refuses.</summary>
public sealed class OptionRulesTests
{
    public static TheoryData<string, string, bool> Pairs
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var (low, high, mayBeEqual) in OptionRules.Pairs)
            {
                data.Add(low, high, mayBeEqual);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Pair_IsRefusedByTheLibrary(string low, string high, bool mayBeEqual)
    {
        // Both are put to the higher one's default, and then the lower one above it.
        var above = Failures(low, high, isAbove: true);
        var equal = Failures(low, high, isAbove: false);

        above.Should().ContainSingle(f => f.Contains($":{Name(low)} (", StringComparison.Ordinal) && f.Contains($":{Name(high)} (", StringComparison.Ordinal))
            .Which.Should().Contain(mayBeEqual ? ") must not be greater than " : ") must be less than ");
        equal.Any(f => f.Contains($":{Name(low)} (", StringComparison.Ordinal) && f.Contains($":{Name(high)} (", StringComparison.Ordinal)).Should().Be(!mayBeEqual);
    }

    [Fact]
    public void Page_ListsThePairs() =>
        File.ReadAllLines(Path.Combine(RulesTests.Root, "docs", "analyzers", "CLIPLY003.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Should().Equal(OptionRules.Pairs.Select(p => $"| `{p.Low}` | {(p.MayBeEqual ? "at most" : "less than")} | `{p.High}` |"));

    private static string Name(string key) => key.Split('.')[1];

    private static List<string> Failures(string low, string high, bool isAbove)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build());
        services.AddCliplyWorkerHeartbeat(o => Set(o, low, high, isAbove));
        services.AddCliplyDiagnostics(o => Set(o, low, high, isAbove));
        using var provider = services.BuildServiceProvider();
        return low.StartsWith(nameof(WorkerHeartbeatOptions), StringComparison.Ordinal) ? Failures<WorkerHeartbeatOptions>(provider) : Failures<CliplyDiagnosticsOptions>(provider);
    }

    private static List<string> Failures<T>(ServiceProvider provider)
        where T : class
    {
        try
        {
            _ = provider.GetRequiredService<IOptions<T>>().Value;
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
    }

    private static void Set(object options, string low, string high, bool isAbove)
    {
        var value = Value(new CliplyDiagnosticsOptions(), high)!;
        if (Find(options, low) is { } lowOption)
        {
            lowOption.Property.SetValue(lowOption.Owner, !isAbove ? value : value switch { TimeSpan time => time + TimeSpan.FromMilliseconds(1), int number => number + 1, double number => (object)(number + 1), _ => throw new InvalidOperationException(high) });
        }
    }

    private static object? Value(object options, string key) => Find(options, key) is { } found ? found.Property.GetValue(found.Owner) : null;

    private static (object Owner, PropertyInfo Property)? Find(object options, string key)
    {
        var parts = key.Split('.');
        var owner = new[] { options }.Concat(options.GetType().GetProperties().Where(p => p.PropertyType.Name == parts[0]).Select(p => p.GetValue(options)!)).FirstOrDefault(o => o.GetType().Name == parts[0]);
        return owner is null ? null : (owner, owner.GetType().GetProperty(parts[1])!);
    }
}
