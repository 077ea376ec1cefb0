namespace IoAsid.Typed.Core;

/// <summary>The life pages of a space by number. A page lasts while a <see cref="DataBlock"/> refers to it. The pool's gate guards changes; reading needs no lock.</summary>
/// <remarks>
/// A generation is not used twice, also after the page of the number was removed: the table keeps the highest generation of each removed page, and the next page of the same
/// numbers starts with it.
/// </remarks>
internal sealed class LifePages(IoAsidSpace space)
{
    // A page with such a generation stays, so that its numbers do not use up the generations of all numbers of the page.
    private const uint FirstGenerationToStay = 1u << 31;

    private readonly PageDirectory<LifePage> _pages = new();

    // Made with the first removed page.
    private Dictionary<uint, uint>? _firstGenerations;

    /// <summary>Returns the page of a number; null if the table has no such page, in which case the number is free.</summary>
    public LifePage? Find(uint id) => _pages.Find(id);

    public LifePage? FindPage(uint page) => _pages.FindPage(page);

    /// <summary>Returns the word of a number, also of one without a page. For messages: it is out of date as soon as this returns.</summary>
    public LifeWord WordOf(uint id)
    {
        if (Find(id) is { } lives)
            return LifeWord.Read(ref lives.Word(id));

        using (space.Pool.Enter())
            return LifeWord.Free(FirstGenerationOf(id >> LifePage.SizeLog2));
    }

    /// <summary>Makes pages for <see cref="AddSpare"/>. Call outside the gate.</summary>
    public LifePage[] MakeSpare() => _pages.MakeSpare(() => new LifePage(space));

    /// <summary>Keeps pages for later numbers, unless there are some.</summary>
    public void AddSpare(LifePage[] made) => _pages.AddSpare(made);

    /// <summary>Makes room for the page of a number.</summary>
    /// <returns>True if <see cref="Attach"/> can follow; false if a spare page is missing.</returns>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public bool EnsureRoom(uint id)
    {
        bool exists = Find(id) is not null;
        if (!exists)
            _pages.EnsureRoom(id);

        return exists || _pages.HasSpare;
    }

    /// <summary>Returns the page of a number for one more block, after <see cref="EnsureRoom"/>. Cannot throw.</summary>
    public LifePage Attach(uint id)
    {
        LifePage lives = Find(id) ?? Add(id);
        lives.Blocks++;
        return lives;
    }

    /// <summary>Takes back the use of a page by one block. The last one removes the page. Cannot throw.</summary>
    public void Detach(LifePage lives)
    {
        if (--lives.Blocks == 0 && TryKeepGeneration(lives))
        {
            _pages.Remove(lives.FirstId);
            space.Pool.Free.Trim(lives.FirstId);
        }
    }

    private LifePage Add(uint id)
    {
        LifePage lives = _pages.TakeSpare();
        lives.Prepare(id & ~(LifePage.Size - 1u), FirstGenerationOf(id >> LifePage.SizeLog2));
        _pages.Publish(id, lives);
        return lives;
    }

    private uint FirstGenerationOf(uint page) =>
        _firstGenerations is { } generations && generations.TryGetValue(page, out uint first) ? first : space.StartGeneration;

    /// <summary>Tries to keep the highest generation of a page in which all numbers are free.</summary>
    /// <returns>True if it is kept; false if the page has to stay.</returns>
    private bool TryKeepGeneration(LifePage lives)
    {
        uint highest = lives.HighestGeneration();
        if (highest >= FirstGenerationToStay)
            return false;

        try
        {
            FaultPoint.Allocation();
            (_firstGenerations ??= [])[lives.FirstId >> LifePage.SizeLog2] = highest;
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }
}
