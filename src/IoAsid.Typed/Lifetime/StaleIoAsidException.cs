namespace IoAsid.Typed;

/// <summary>The handle refers to no live id of its set: the id was freed, or the handle is a mixture of two values. Nothing changed.</summary>
/// <remarks>
/// A handle is a struct of two words. A field that one thread reads while another writes it can give the set of one handle and the life of another.
/// Such a handle is refused as stale and changes nothing.
/// </remarks>
public sealed class StaleIoAsidException : InvalidOperationException
{
    private StaleIoAsidException(string message, RawIoAsid id, uint generation, uint currentGeneration)
        : base(message)
    {
        Id = id;
        Generation = generation;
        CurrentGeneration = currentGeneration;
    }

    /// <summary>The number.</summary>
    public RawIoAsid Id { get; }

    /// <summary>The generation of the handle.</summary>
    public uint Generation { get; }

    /// <summary>The generation of the number's current or next life. Equal to the handle's if the id is pending or the number was retired.</summary>
    public uint CurrentGeneration { get; }

    internal static StaleIoAsidException Freed(RawIoAsid id, uint generation, uint currentGeneration) =>
        new($"Id {id} of generation {generation} was freed; its number is at generation {currentGeneration} now. Keep no handle after Free.", id, generation, currentGeneration);

    internal static StaleIoAsidException Pending(RawIoAsid id, uint generation) =>
        new($"Id {id} (generation {generation}) was freed and is pending: it can only be waited for. Keep no handle after Free.", id, generation, generation);

    internal static StaleIoAsidException Mixed(RawIoAsid id, uint generation, uint currentGeneration, IoAsidSet set) =>
        new(
            $"Id {id} of generation {generation} was never an id of the set '{set}'. The handle mixes two values: it was read while another thread wrote it. "
            + "Guard a handle that several threads share with a lock.",
            id,
            generation,
            currentGeneration);
}
