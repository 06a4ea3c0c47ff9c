using System.Text.RegularExpressions;
using Cliply.Diagnostics.Escalations;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// A Compose file without the values of environment variables. It is read and written anew, for only what was understood
/// can be known to hold none; comments, where old values are often kept, are left out.
/// </summary>
internal sealed partial class ComposeText
{
    private const int MaxDepth = 64;

    private readonly YamlStream _documents;
    private readonly HashSet<YamlNode> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<YamlNode> _removed = new(ReferenceEqualityComparer.Instance);

    private ComposeText(YamlStream documents) => _documents = documents;

    /// <summary>Where each service's image is built from: the build context and the Dockerfile in it, as they are written there.</summary>
    public Dictionary<string, (string Context, string Dockerfile)> Builds { get; } = new(StringComparer.Ordinal);

    /// <summary>The text.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Reads a file's text; null where it is no Compose file, or one that can't be understood.</summary>
    /// <param name="text">The text.</param>
    public static ComposeText? Read(string text)
    {
        try
        {
            if (!IsSimple(text))
            {
                return null;
            }

            var documents = new YamlStream();
            documents.Load(new StringReader(text));
            var compose = new ComposeText(documents);
            return compose.Understand() ? compose : null;
        }
        catch (Exception exception) when (exception is YamlException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// No nesting that would exhaust the stack, and no keys but plain ones: the library computes the hash of a key through
    /// all that it refers to.
    /// </summary>
    private static bool IsSimple(string text)
    {
        var parser = new Parser(new StringReader(text));
        var isKeyNext = new Stack<bool?>();
        while (parser.MoveNext())
        {
            var isKey = isKeyNext.TryPeek(out var next) && next == true;
            switch (parser.Current)
            {
                case NodeEvent or AnchorAlias when isKey && parser.Current is not Scalar:
                    return false;
                case Scalar or AnchorAlias:
                    Turn();
                    break;
                case MappingStart or SequenceStart:
                    Turn();
                    isKeyNext.Push(parser.Current is MappingStart ? true : null);
                    break;
                case MappingEnd or SequenceEnd:
                    isKeyNext.Pop();
                    break;
            }

            if (isKeyNext.Count > MaxDepth)
            {
                return false;
            }
        }

        return true;

        void Turn()
        {
            if (isKeyNext.TryPop(out var state))
            {
                isKeyNext.Push(!state);
            }
        }
    }

    private bool Understand()
    {
        if (_documents.Documents is not [{ RootNode: YamlMappingNode root }, ..] || Child(root, "services") is not YamlMappingNode services)
        {
            return false;
        }

        foreach (var (name, service) in services.Children)
        {
            if (name is YamlScalarNode { Value: { } key } && service is YamlMappingNode mapping && Child(mapping, "build") is { } build)
            {
                Builds[key] = build is YamlMappingNode details
                    ? (Value(Child(details, "context")) ?? ".", Value(Child(details, "dockerfile")) ?? "Dockerfile")
                    : (Value(build) ?? ".", "Dockerfile");
            }
        }

        foreach (var document in _documents.Documents)
        {
            Look(document.RootNode, depth: 0);
        }

        using var text = new StringWriter { NewLine = "\n" };
        _documents.Save(text, assignAnchors: false);

        // The library marks the end of the last document, which nobody writes.
        const string End = "\n...\n";
        Text = text.ToString() is { } written && written.EndsWith(End, StringComparison.Ordinal) ? written[..^(End.Length - 1)] : text.ToString();
        return true;
    }

    private static YamlNode? Child(YamlMappingNode mapping, string key) => mapping.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Value(YamlNode? node) => (node as YamlScalarNode)?.Value;

    private void Look(YamlNode node, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidOperationException("Too deep.");
        }

        // What an alias refers to is one node, however often it is used.
        if (node is YamlScalarNode || !_seen.Add(node))
        {
            return;
        }

        if (node is YamlSequenceNode sequence)
        {
            foreach (var child in sequence.Children)
            {
                Look(child, depth + 1);
            }
        }
        else if (node is YamlMappingNode mapping)
        {
            foreach (var (key, child) in mapping.Children)
            {
                if (Value(key) is { } name && IsEnvironment(name))
                {
                    Remove(child, isAssignment: false, depth + 1);
                }
                else
                {
                    Look(child, depth + 1);
                }
            }
        }
    }

    /// <summary>Extensions are called whatever one likes, and are often where values stand that several services use.</summary>
    private static bool IsEnvironment(string key) =>
        key.Equals("environment", StringComparison.OrdinalIgnoreCase)
        || (key.StartsWith("x-", StringComparison.OrdinalIgnoreCase) && key.Contains("env", StringComparison.OrdinalIgnoreCase));

    private void Remove(YamlNode node, bool isAssignment, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidOperationException("Too deep.");
        }

        if (node is YamlScalarNode { Value: { Length: > 0 } value } scalar)
        {
            scalar.Value = isAssignment ? Assignment(value) : Reference().IsMatch(value) ? value : RemovedValues.Mark;
            scalar.Style = ScalarStyle.Any;
            scalar.Tag = default;
        }
        else if (node is YamlSequenceNode sequence && _removed.Add(node))
        {
            foreach (var child in sequence.Children)
            {
                Remove(child, isAssignment: true, depth + 1);
            }
        }
        else if (node is YamlMappingNode mapping && _removed.Add(node))
        {
            foreach (var child in mapping.Children.Values)
            {
                Remove(child, isAssignment: false, depth + 1);
            }
        }
    }

    private static string Assignment(string value)
    {
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && RemovedValues.IsName(value[..equals]) && Reference().IsMatch(value[(equals + 1)..]) ? value : RemovedValues.Of(value);
    }

    /// <summary>A variable of whoever starts the project says where a value comes from, and is none.</summary>
    [GeneratedRegex(@"\A\$(?:[A-Za-z_][A-Za-z0-9_]{0,255}|\{[A-Za-z_][A-Za-z0-9_]{0,255}\})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}
