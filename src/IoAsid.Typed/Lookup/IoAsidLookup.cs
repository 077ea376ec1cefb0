using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed;

/// <summary>The answer of a lookup: a status, and the data if the status is <see cref="IoAsidLookupStatus.Found"/>.</summary>
/// <remarks>
/// Nothing is held: the id may be freed at any moment after the lookup. Take a hold to keep it. A value that is read while another thread writes it can
/// be the answer of neither lookup; its status still agrees with its data.
/// </remarks>
/// <typeparam name="TData">The data type of the set or reader that was asked.</typeparam>
public readonly struct IoAsidLookup<TData>
    where TData : class
{
    // Why there is no data. Not used if there is, so that no mixture of two answers contradicts itself.
    private readonly IoAsidLookupStatus _reason;

    internal IoAsidLookup(TData data) => Data = data;

    internal IoAsidLookup(IoAsidLookupStatus reason) => _reason = reason;

    /// <summary>What the lookup found, or why it found nothing.</summary>
    public IoAsidLookupStatus Status => Data is null ? _reason : IoAsidLookupStatus.Found;

    /// <summary>The data if <see cref="IsFound"/>, otherwise null.</summary>
    public TData? Data { get; }

    /// <summary>Gets a value indicating whether there is data.</summary>
    [MemberNotNullWhen(true, nameof(Data))]
    public bool IsFound => Data is not null;

    /// <summary>Passes the data to the getter, if there is any.</summary>
    internal IoAsidLookup<TData> Where(Func<TData, bool> getter)
    {
        ArgumentNullException.ThrowIfNull(getter);
        return !IsFound || getter(Data) ? this : new(IoAsidLookupStatus.Rejected);
    }

    /// <summary>Passes the data to the getter, if there is any.</summary>
    internal IoAsidLookup<TData> Where<TState>(TState state, Func<TData, TState, bool> getter)
    {
        ArgumentNullException.ThrowIfNull(getter);
        return !IsFound || getter(Data, state) ? this : new(IoAsidLookupStatus.Rejected);
    }

    /// <summary>The status, and the data if there is any.</summary>
    public override string ToString() => IsFound ? $"{Status}: {Data}" : Status.ToString();
}
