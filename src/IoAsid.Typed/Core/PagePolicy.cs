namespace IoAsid.Typed.Core;

/// <summary>The limits between memory and speed of a space's tables. Tests set them so that few ids reach each of them.</summary>
internal sealed record PagePolicy
{
    public static readonly PagePolicy Default = new();

    /// <summary>The number of data pages that are whole from their first id on, also with few ids. A space with few roots and pages has no chunks.</summary>
    public int WholeAtOnce { get; init; } = 16;

    /// <summary>The number of ids in the space that pay for a further page that is whole from its first id on.</summary>
    public int IdsPerWholePage { get; init; } = 128;

    /// <summary>The most chunks of a root in one page. One more makes the page whole.</summary>
    public int MostChunks { get; init; } = 8;

    /// <summary>The number of blocks without ids that stay for later ids. One more removes the oldest of them.</summary>
    public int MostIdle { get; init; } = 8;
}
