namespace IoAsid.Typed.Core;

/// <summary>Waiting for the data of a life that was freed to be gone.</summary>
internal static class DataPageClearing
{
    /// <summary>
    /// Waits until the data of a life that was freed is gone. A free marks the word first and clears the data next; who has seen the mark
    /// and says so must not let its caller find the data afterwards.
    /// </summary>
    public static void WaitUntilCleared(this DataPage page, uint id, uint generation)
    {
        var backoff = new Backoff();
        while (IsPending(page, id, generation) && Volatile.Read(ref page.Data(id)) is not null)
        {
            backoff.Wait();
        }
    }

    private static bool IsPending(DataPage page, uint id, uint generation)
    {
        LifeWord word = LifeWord.Read(ref page.Lives.Word(id));
        return word.Generation == generation && word.IsPending;
    }
}
