using System.Diagnostics.CodeAnalysis;

namespace Cliply.Diagnostics.Evidence;

/// <summary>
/// One section of a <see cref="DiagnosticSnapshot"/>: known, tried and unavailable, or not collected at all (the
/// default). The last two are unknown, and neither is ever read as zero or healthy.
/// </summary>
/// <typeparam name="T">What the section holds when it is known.</typeparam>
public readonly struct Section<T> : IEquatable<Section<T>>
    where T : class
{
    private Section(T? value, SectionFailure? unavailable)
    {
        Value = value;
        Unavailable = unavailable;
    }

    /// <summary>What was measured; null while the section is unknown.</summary>
    public T? Value { get; }

    /// <summary>Why a section that was tried is missing; null when it is known or was not collected.</summary>
    public SectionFailure? Unavailable { get; }

    /// <summary>Whether the section was measured.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsKnown => Value is not null;

    /// <summary>Whether nobody tried to measure the section.</summary>
    public bool IsNotCollected => Value is null && Unavailable is null;

    internal static Section<T> OfValue(T value) => new(value ?? throw new ArgumentNullException(nameof(value)), null);

    internal static Section<T> OfFailure(SectionFailure failure) => new(null, failure ?? throw new ArgumentNullException(nameof(failure)));

    /// <summary>A known section.</summary>
    /// <param name="value">What was measured.</param>
    public static implicit operator Section<T>(T value) => OfValue(value);

    /// <summary>A section that was tried and failed.</summary>
    /// <param name="failure">Why.</param>
    public static implicit operator Section<T>(SectionFailure failure) => OfFailure(failure);

    /// <inheritdoc/>
    public bool Equals(Section<T> other) => Equals(Value, other.Value) && Equals(Unavailable, other.Unavailable);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Section<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value, Unavailable);

    /// <summary>Whether both sections hold the same.</summary>
    public static bool operator ==(Section<T> left, Section<T> right) => left.Equals(right);

    /// <summary>Whether the sections differ.</summary>
    public static bool operator !=(Section<T> left, Section<T> right) => !left.Equals(right);
}

/// <summary>Makes sections where an implicit conversion can't be used, as for lists.</summary>
public static class Section
{
    /// <summary>A known section that is a list; an empty one means: looked, and there is nothing.</summary>
    /// <param name="items">What was found.</param>
    public static Section<IReadOnlyList<T>> List<T>(params IReadOnlyList<T> items) => Section<IReadOnlyList<T>>.OfValue(items);

    /// <summary>A list section that was tried and failed.</summary>
    /// <param name="failure">Why.</param>
    public static Section<IReadOnlyList<T>> UnavailableList<T>(SectionFailure failure) => Section<IReadOnlyList<T>>.OfFailure(failure);
}
