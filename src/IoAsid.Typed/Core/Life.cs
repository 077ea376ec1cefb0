namespace IoAsid.Typed.Core;

/// <summary>One life of one number: the number and its generation in one word, which racing threads read and write whole.</summary>
internal readonly record struct Life(ulong Key)
{
    private const int GenerationShift = 32;

    public Life(uint id, uint generation)
        : this(((ulong)generation << GenerationShift) | id)
    {
    }

    public uint Id => (uint)Key;

    public uint Generation => (uint)(Key >> GenerationShift);
}
