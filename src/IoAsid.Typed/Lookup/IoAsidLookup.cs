using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed;

/// <summary>The result of a lookup: a status, and the data if the status is <see cref="IoAsidLookupStatus.Found"/>.</summary>
/// <remarks>
/// A lookup takes no hold: the id may be freed at any moment after it. Take a hold to keep the id. A value that is read while another thread writes it can
/// be the result of neither lookup. Its status still agrees with its data.
/// </remarks>
/// <typeparam name="TData">The data type of the set or reader of the lookup.</typeparam>
public readonly struct IoAsidLookup<TData>
    where TData : class
{
    // The reason for missing data. Not used with data, so that no mixture of two results contradicts itself.
    private readonly IoAsidLookupStatus _reason;

    internal IoAsidLookup(TData data) => Data = data;

    internal IoAsidLookup(IoAsidLookupStatus reason) => _reason = reason;

    /// <summary>The status of the lookup.</summary>
    public IoAsidLookupStatus Status => Data is null ? _reason : IoAsidLookupStatus.Found;

    /// <summary>The data if <see cref="IsFound"/> is true; otherwise null.</summary>
    public TData? Data { get; }

    /// <summary>Gets a value indicating whether there is data.</summary>
    [MemberNotNullWhen(true, nameof(Data))]
    public bool IsFound => Data is not null;

    /// <summary>Passes the data to the getter, if there is any.</summary>
    internal IoAsidLookup<TData> Where(Func<TData, bool> getter)
    {
        ArgumentNullException.ThrowIfNull(getter);
        return Data is not { } data || getter(data) ? this : new(IoAsidLookupStatus.Rejected);
    }

    /// <summary>Passes the data to the getter, if there is any.</summary>
    internal IoAsidLookup<TData> Where<TState>(TState state, Func<TData, TState, bool> getter)
    {
        ArgumentNullException.ThrowIfNull(getter);
        return Data is not { } data || getter(data, state) ? this : new(IoAsidLookupStatus.Rejected);
    }

    /// <summary>Returns the status, and the data if there is any.</summary>
    public override string ToString() => Data is { } data ? $"{IoAsidLookupStatus.Found}: {data}" : _reason.ToString();
}
