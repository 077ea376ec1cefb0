using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed;

/// <summary>The answer of a lookup: a status, and the data if the status is <see cref="IoAsidLookupStatus.Found"/>.</summary>
/// <remarks>Nothing is held: the id may be freed at any moment after the lookup. Take a hold to keep it.</remarks>
/// <typeparam name="TData">The data type of the set or reader that was asked.</typeparam>
public readonly struct IoAsidLookup<TData>
    where TData : class
{
    internal IoAsidLookup(TData data)
    {
        Data = data;
        Status = IoAsidLookupStatus.Found;
    }

    internal IoAsidLookup(IoAsidLookupStatus status) => Status = status;

    /// <summary>What the lookup found, or why it found nothing.</summary>
    public IoAsidLookupStatus Status { get; }

    /// <summary>The data if <see cref="IsFound"/>, otherwise null.</summary>
    public TData? Data { get; }

    /// <summary>Whether there is data.</summary>
    [MemberNotNullWhen(true, nameof(Data))]
    public bool IsFound => Status == IoAsidLookupStatus.Found;

    /// <summary>Lets the getter look at the data, if there is any.</summary>
    internal IoAsidLookup<TData> Where(Func<TData, bool> getter)
    {
        ArgumentNullException.ThrowIfNull(getter);
        return !IsFound || getter(Data) ? this : new(IoAsidLookupStatus.Rejected);
    }

    /// <summary>Lets the getter look at the data, if there is any.</summary>
    internal IoAsidLookup<TData> Where<TState>(TState state, Func<TData, TState, bool> getter)
    {
        ArgumentNullException.ThrowIfNull(getter);
        return !IsFound || getter(Data, state) ? this : new(IoAsidLookupStatus.Rejected);
    }

    /// <summary>The status, and the data if there is any.</summary>
    public override string ToString() => IsFound ? $"{Status}: {Data}" : Status.ToString();
}
