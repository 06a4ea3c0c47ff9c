using System.Text;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>What a bundle will hold. Everything that is added is redacted here, and nowhere else.</summary>
/// <param name="redactor">Takes the secrets out of texts.</param>
internal sealed class BundleContent(SecretRedactor redactor)
{
    private readonly List<BundleEntry> _entries = [];
    private readonly List<BundleGap> _missing = [];
    private readonly List<BundleGap> _cut = [];
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<BundleEntry> Entries => _entries;

    public IReadOnlyList<BundleGap> Missing => _missing;

    /// <summary>What was left out for the budget.</summary>
    public IReadOnlyList<BundleGap> Cut => _cut;

    public long Bytes => _entries.Sum(e => (long)e.Content.Length);

    public void Add(string path, string text, bool isLog = false) => _entries.Add(new BundleEntry(Unique(redactor.Redact(path)), Encoding.UTF8.GetBytes(VisibleText.Of(redactor.Redact(text))), isLog));

    /// <summary>What a verb answers, for people and for programs.</summary>
    public void Add(string name, Answer answer)
    {
        // Before it is escaped for Markdown, which would hide a secret.
        Add($"{name}.md", PageMarkdown.Write(answer.Page.Redacted(redactor)));
        AddJson($"{name}.json", answer.Json.Span);
    }

    /// <summary>JSON of ours, redacted text by text, so that it stays JSON.</summary>
    public void AddJson(string path, ReadOnlySpan<byte> utf8) => AddJson(path, JsonNode.Parse(utf8)!);

    /// <inheritdoc cref="AddJson(string, ReadOnlySpan{byte})"/>
    public void AddJson(string path, JsonNode json) =>
        _entries.Add(new BundleEntry(Unique(redactor.Redact(path)), (byte[])[.. AnswerJson.ToUtf8(AnswerJson.Redact(json, redactor)!).Span, (byte)'\n']));

    public void AddMissing(string what, string reason) => _missing.Add(new BundleGap(redactor.Redact(what), redactor.Redact(reason)));

    public void AddCut(string what, string reason) => _cut.Add(new BundleGap(redactor.Redact(what), redactor.Redact(reason)));

    /// <summary>
    /// Leaves out what is over the budget: first the oldest lines of logs, which share what the rest leaves evenly, then whole
    /// files from the last.
    /// </summary>
    /// <param name="budget">In bytes, before compression.</param>
    public void Fit(long budget)
    {
        var excess = Bytes - budget;
        if (excess <= 0)
        {
            return;
        }

        var room = Math.Max(0, budget - _entries.Where(e => !e.IsLog).Sum(e => (long)e.Content.Length));
        var logs = _entries.Where(e => e.IsLog).OrderBy(e => e.Content.Length).ToList();
        for (var i = 0; i < logs.Count; i++)
        {
            // What a short log leaves over is for the longer ones.
            var share = room / (logs.Count - i);
            var kept = Newest(logs[i].Content, share);
            room -= kept.Length;
            if (kept.Length < logs[i].Content.Length)
            {
                _entries[_entries.IndexOf(logs[i])] = logs[i] with { Content = kept };
                _cut.Add(new BundleGap(logs[i].Path, $"the oldest {logs[i].Content.Length - kept.Length} of {logs[i].Content.Length} bytes were left out for the budget"));
            }
        }

        for (var i = _entries.Count - 1; i >= 0 && Bytes > budget; i--)
        {
            if (!_entries[i].IsLog)
            {
                _cut.Add(new BundleGap(_entries[i].Path, $"all of its {_entries[i].Content.Length} bytes were left out for the budget"));
                _entries.RemoveAt(i);
            }
        }
    }

    /// <summary>The newest whole lines that fit.</summary>
    private static ReadOnlyMemory<byte> Newest(ReadOnlyMemory<byte> log, long bytes)
    {
        if (log.Length <= bytes)
        {
            return log;
        }

        var rest = log[^(int)bytes..];
        var line = rest.Span.IndexOf((byte)'\n');
        return line < 0 ? ReadOnlyMemory<byte>.Empty : rest[(line + 1)..];
    }

    private string Unique(string path)
    {
        var unique = path;
        for (var i = 2; !_paths.Add(unique); i++)
        {
            unique = $"{Path.ChangeExtension(path, null)}-{i}{Path.GetExtension(path)}";
        }

        return unique;
    }
}
