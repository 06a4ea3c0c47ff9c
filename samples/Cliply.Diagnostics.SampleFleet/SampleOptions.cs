using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Cliply.Diagnostics.SampleFleet;

/// <summary>The options that the samples have in common.</summary>
internal static class SampleOptions
{
    public static Option<string?> Break()
    {
        var option = new Option<string?>("--break") { Description = $"Injects a failure for real: {string.Join(", ", Breakage.Names)}.", HelpName = "SCENARIO" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Breakage.Names.Contains(token.Value))
            {
                result.AddError($"--break '{token.Value}' is not known. Use one of {string.Join(", ", Breakage.Names)}.");
            }
        });
        return option;
    }

    public static Option<TimeSpan?> HealAfter() => new("--heal-after") { Description = "Ends the failure after that time, such as 20s or 1m.", HelpName = "TIME", CustomParser = ParseTime };

    public static TimeSpan? ParseTime(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var unit = text.EndsWith('m') ? 60 : 1;
        if (double.TryParse(text.TrimEnd('s', 'm'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000)
        {
            return TimeSpan.FromSeconds(number * unit);
        }

        result.AddError($"'{text}' is no time. Use one such as 20s or 1m.");
        return null;
    }

    /// <summary>Runs the sample; what goes wrong is said in a line on standard error.</summary>
    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"sample: {error.Message}");
            }

            return SampleException.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
        }
        catch (SampleException exception)
        {
            await Console.Error.WriteLineAsync($"sample: {exception.Message}");
            return exception.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
