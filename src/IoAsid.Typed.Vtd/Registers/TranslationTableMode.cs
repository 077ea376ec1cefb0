namespace IoAsid.Typed.Vtd;

/// <summary>TTM of RTADDR: what kind of tables the unit walks. 2 is reserved.</summary>
public enum TranslationTableMode
{
    /// <summary>Root and context entries of 128 bits.</summary>
    Legacy = 0,

    /// <summary>Scalable-mode entries. Needs ECAP.SMTS.</summary>
    Scalable = 1,

    /// <summary>Every request is refused. Needs ECAP.ADMS.</summary>
    AbortDma = 3,
}
