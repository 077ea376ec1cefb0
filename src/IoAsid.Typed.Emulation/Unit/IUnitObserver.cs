namespace IoAsid.Typed.Emulation;

/// <summary>An observer of a unit. It must not call the unit. An implementation has the methods that it needs.</summary>
internal interface IUnitObserver
{
    /// <summary>Receives an event.</summary>
    void Raised(in UnitEvent raised)
    {
    }

    /// <summary>Receives a report of an error of software, or of the use of a feature that the unit does not have.</summary>
    void MisuseReported(string text)
    {
    }

    /// <summary>Receives the translation of a request or of a translation request.</summary>
    void Translated(in TranslationQuery query, in Translation translation)
    {
    }

    /// <summary>Receives a memory transaction on a table, before the transaction. The observer may change memory, like a processor at that moment.</summary>
    void TableAccessing(TableAccess access)
    {
    }

    /// <summary>Receives a walk that begins at the table of an entry of a paging-structure cache.</summary>
    void StructureUsed(in StructureUse use)
    {
    }
}
