using IoAsid.Typed.Lookup;

namespace IoAsid.Typed.Migration;

/// <summary>The untyped lookup of the 2019 proposal, <c>void *ioasid_find(set, ioasid, getter)</c>, for code on its way to typed sets.</summary>
/// <remarks>The analyzer reports every use: IOASID1001 where the set is or may be null, IOASID1002 where a typed set is in scope.</remarks>
public static class UntypedLookup
{
    /// <summary>Finds the data of an id, of any type.</summary>
    /// <param name="space">The space.</param>
    /// <param name="set">The set that the id must belong to, or be below; null to look in all sets, which typed sets exist to prevent.</param>
    /// <param name="id">Any number.</param>
    /// <param name="getter">A check of the data, or a taking of a reference on it. Called once, after the other checks, also with null if the id has no data; null for no getter.</param>
    /// <returns>
    /// The data. Null if the id is not allocated, belongs to another set, was freed or has no data, or if the getter rejected the data. As in the original, these cases look
    /// alike.
    /// </returns>
    /// <exception cref="ArgumentException">The set is of another space.</exception>
    [UntypedIoAsidLookup]
#if CONVERGED
    [Obsolete(
        "This project is at the stage Converged of its migration. Look up through a typed set or reader: 'set.Find(id).Data' or 'set.TryFind(id, out TData? data)'.",
        error: true)]
#endif
    public static object? Find(IoAsidSpace space, IoAsidSet? set, RawIoAsid id, Func<object?, bool>? getter)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (set is not null && set.Space != space)
            throw new ArgumentException($"The set '{set}' is of the space '{set.Space.Name}', not of '{space.Name}'; numbers of two spaces never meet.", nameof(set));

        bool allocated = space.Examine(set, id.Value, out object? data) is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData;
        return allocated && (getter is null || getter(data)) ? data : null;
    }
}
