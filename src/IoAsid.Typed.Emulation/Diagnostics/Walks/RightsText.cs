namespace IoAsid.Typed.Emulation;

/// <summary>The description of rights in words.</summary>
internal static class RightsText
{
    /// <summary>Describes the rights of a page.</summary>
    public static string Of(PageRights rights)
    {
        List<string> words = [];
        if (rights.Has(PageRights.Read))
            words.Add("read");
        if (rights.Has(PageRights.Write))
            words.Add("write");
        else if (rights.Has(PageRights.SupervisorWrite))
            words.Add("supervisor write");
        if (!rights.Has(PageRights.User))
            words.Add("supervisor only");
        if (rights.Has(PageRights.NoExecute))
            words.Add("no execute");
        return words.Count == 0 ? "(no rights)" : $"({string.Join(", ", words)})";
    }
}
