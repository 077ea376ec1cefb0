namespace IoAsid.Typed;

/// <summary>A handle was used after its id had been freed. The number may be another's by now; the handle cannot touch it.</summary>
public sealed class StaleIoAsidException : InvalidOperationException
{
    internal StaleIoAsidException(RawIoAsid id, uint generation, uint currentGeneration, bool isPending)
        : base(isPending
            ? $"Id {id} (generation {generation}) was freed and is pending: it can only be waited for. Keep no handle after Free."
            : $"Id {id} of generation {generation} was freed; its number is at generation {currentGeneration} now. Keep no handle after Free.")
    {
        Id = id;
        Generation = generation;
        CurrentGeneration = currentGeneration;
    }

    /// <summary>The number.</summary>
    public RawIoAsid Id { get; }

    /// <summary>The generation of the handle.</summary>
    public uint Generation { get; }

    /// <summary>The generation of the number's present or next life; that of the handle if the id is pending or the number was retired.</summary>
    public uint CurrentGeneration { get; }
}
