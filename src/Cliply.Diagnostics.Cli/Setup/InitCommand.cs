using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.Cli.Setup;

/// <summary><c>cliply init</c>: the configuration section, the registration to paste, the SQL for a role that may only read.</summary>
internal static class InitCommand
{
    private static readonly Option<WorkerPlatform?> Platform = new("--platform")
    {
        Description = "Where the workers run: docker, kubernetes, systemd, process or none.",
        HelpName = "docker|kubernetes|systemd|process|none",
        CustomParser = ParsePlatform,
    };

    private static readonly Option<string?> Schema = new("--schema") { Description = "The schema of the job table. Default: public.", HelpName = "NAME" };
    private static readonly Option<string?> Table = new("--table") { Description = "The job table. Default: jobs.", HelpName = "NAME" };
    private static readonly Option<string?> Role = new("--role") { Description = "The role that may only read. Default: cliply_diagnostics.", HelpName = "NAME" };
    private static readonly Option<bool> Heartbeat = new("--heartbeat") { Description = "Let workers announce themselves, so that an idle fleet and none are told apart." };
    private static readonly Option<string> File = new("--file") { Description = $"The configuration file to write. Default: {ConfigurationFile.DefaultName}.", HelpName = "FILE", DefaultValueFactory = _ => ConfigurationFile.DefaultName };
    private static readonly Option<bool> Force = new("--force") { Description = "Write over a configuration file that is there." };
    private static readonly Option<string?> Print = new("--print") { Description = "Print only that, and write no file: config, code or sql.", HelpName = "config|code|sql" };

    public static Command Create()
    {
        var output = OutputOption.Create();
        var fleet = new FleetOptions(withConfiguration: false);
        var command = new Command("init", """
            Sets a project up: writes the configuration section, and prints the health-check registration to paste and the SQL for a read-only role and the index. Changes no database.

            On a terminal it asks for what no flag says. With a database it looks which index is missing.

            Exit codes: 0 done; 64 wrong usage, 69 the database can't be read, 73 the file can't be written.

            Examples:
              cliply init --platform kubernetes --heartbeat
              cliply init --print sql --database-url "$DATABASE_URL" | psql "$ADMIN_URL"
            """) { Platform, Schema, Table, Role, Heartbeat, File, Force, Print };
        Platform.CompletionSources.Add("docker", "kubernetes", "systemd", "process", "none");
        Print.CompletionSources.Add("config", "code", "sql");
        fleet.AddTo(command);
        command.Add(output);
        command.Validators.Add(Validate);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var answers = Ask(parsed);
            var missingIndexes = await FindMissingIndexesAsync(fleet.Read(parsed), answers, cancellationToken);
            var file = parsed.GetValue(File)!;
            var (configuration, code, sql) = (SetupTexts.Configuration(answers), SetupTexts.Registration(answers, file), SetupTexts.Sql(answers, missingIndexes));
            switch (parsed.GetValue(Print))
            {
                case "config":
                    await AnswerWriter.WriteJsonAsync(configuration, cancellationToken);
                    return ExitCodes.Success;
                case "code" or "sql":
                    await Console.Out.WriteAsync((parsed.GetValue(Print) == "sql" ? sql : code).AsMemory(), cancellationToken);
                    return ExitCodes.Success;
            }

            await NewFile.WriteAsync(file, "--file", (byte[])[.. configuration.Span, (byte)'\n'], parsed.GetValue(Force), cancellationToken);
            return await AnswerWriter.WriteAsync(Answer(file, configuration, code, sql), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    private static WorkerPlatform? ParsePlatform(ArgumentResult result)
    {
        var value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (char.TryParse(value, out _) || !Enum.TryParse<WorkerPlatform>(value, ignoreCase: true, out var platform) || !Enum.GetNames<WorkerPlatform>().Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            result.AddError($"--platform '{value}' is not known. Use docker, kubernetes, systemd, process or none.");
            return null;
        }

        return platform;
    }

    private static void Validate(CommandResult result)
    {
        foreach (var option in new[] { Schema, Table, Role })
        {
            if (result.GetResult(option) is not null && result.GetValue(option) is var value && (string.IsNullOrWhiteSpace(value) || Encoding.UTF8.GetByteCount(value) > 63 || value.Any(char.IsControl)))
            {
                result.AddError($"{option.Name} must be a name of 1 to 63 bytes without control characters, as PostgreSQL takes it.");
            }
        }

        if (result.GetValue(Print) is { } print && print is not ("config" or "code" or "sql"))
        {
            result.AddError($"--print '{print}' is not known. Use config, code or sql.");
        }
    }

    private static SetupAnswers Ask(ParseResult parsed)
    {
        var asks = !Console.IsInputRedirected && !Console.IsErrorRedirected;
        return new SetupAnswers
        {
            Platform = parsed.GetValue(Platform) ?? (asks ? AskPlatform() : WorkerPlatform.None),
            Schema = Text(Schema, "Schema of the job table", "public"),
            Table = Text(Table, "The job table", "jobs"),
            Role = Text(Role, "The role that may only read", "cliply_diagnostics"),
            Heartbeat = parsed.GetResult(Heartbeat) is { Implicit: false } ? parsed.GetValue(Heartbeat) : asks && AskLine("Let workers announce themselves? yes or no", "yes").StartsWith('y'),
        };

        string Text(Option<string?> option, string question, string fallback) => parsed.GetValue(option) ?? (asks ? AskLine(question, fallback) : fallback);
    }

    private static WorkerPlatform AskPlatform()
    {
        while (true)
        {
            var answer = AskLine("Where do the workers run? docker, kubernetes, systemd, process or none", "none");
            if (Enum.GetNames<WorkerPlatform>().Contains(answer, StringComparer.OrdinalIgnoreCase))
            {
                return Enum.Parse<WorkerPlatform>(answer, ignoreCase: true);
            }
        }
    }

    private static string AskLine(string question, string fallback)
    {
        Console.Error.Write($"{question} [{fallback}]: ");
        var line = Console.In.ReadLine() ?? throw new CliException(ExitCodes.Usage, "the input ended before all was answered. Give flags instead; see cliply init --help.");
        return line.Trim() is { Length: > 0 } answer ? answer : fallback;
    }

    /// <summary>The indexes that the job table lacks; null where no database is named.</summary>
    private static async Task<IReadOnlyList<MissingIndex>?> FindMissingIndexesAsync(FleetSettings settings, SetupAnswers answers, CancellationToken cancellationToken)
    {
        if (settings.Database is null)
        {
            return null;
        }

        await using var session = await JobStoreSession.OpenAsync(settings, options =>
        {
            options.Schema = answers.Schema;
            options.Table = answers.Table;
        });
        var evidence = await session.CollectAsync(cancellationToken);
        return evidence.Database.Value is { Status: DatabaseStatus.Ok } database
            ? database.MissingIndexes ?? []
            : throw session.Unanswered(new JobStoreFailure(evidence.Database.Value?.Status ?? DatabaseStatus.Error, evidence.Queue.Unavailable?.Message ?? "it does not say why"));
    }

    private static Answer Answer(string file, ReadOnlyMemory<byte> configuration, string code, string sql) => new()
    {
        Page = new Page()
            .Line("Wrote", Span.Code(file), Span.Muted("(the connection string stays in DATABASE_URL or ConnectionStrings__Cliply: it is a secret)"))
            .Heading("In the host's start").Code(code)
            .Heading("On the database, by its owner").Code(sql)
            .Heading("Then").Line(Span.Code("cliply diagnose")),
        Json = AnswerJson.ToUtf8(new JsonObject { ["file"] = file, ["configuration"] = JsonNode.Parse(configuration.Span), ["code"] = code, ["sql"] = sql }),
    };
}
