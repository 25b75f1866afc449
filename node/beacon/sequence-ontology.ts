/**
 * Sequence Ontology terms of the effects that VEP and SnpEff name, by those names; the labels are the names. A name that is not
 * here has no id that we know, and gets none. Checked against so.obo 2024-11-18.
 */
const ACCESSIONS: Readonly<Record<string, number>> = {
  '3_prime_UTR_truncation': 2015,
  '3_prime_UTR_variant': 1624,
  '5_prime_UTR_premature_start_codon_gain_variant': 1988,
  '5_prime_UTR_truncation': 2013,
  '5_prime_UTR_variant': 1623,
  coding_sequence_variant: 1580,
  coding_transcript_variant: 1968,
  conservative_inframe_deletion: 1825,
  conservative_inframe_insertion: 1823,
  conserved_intergenic_variant: 2017,
  conserved_intron_variant: 2018,
  disruptive_inframe_deletion: 1826,
  disruptive_inframe_insertion: 1824,
  downstream_gene_variant: 1632,
  exon_loss_variant: 1572,
  exon_variant: 1791,
  feature_elongation: 1907,
  feature_truncation: 1906,
  frameshift_variant: 1589,
  gene_fusion: 1565,
  gene_variant: 1564,
  incomplete_terminal_codon_variant: 1626,
  inframe_deletion: 1822,
  inframe_insertion: 1821,
  initiator_codon_variant: 1582,
  intergenic_region: 605,
  intergenic_variant: 1628,
  intragenic_variant: 2011,
  intron_variant: 1627,
  mature_miRNA_variant: 1620,
  missense_variant: 1583,
  NMD_transcript_variant: 1621,
  non_coding_transcript_exon_variant: 1792,
  non_coding_transcript_variant: 1619,
  protein_altering_variant: 1818,
  rare_amino_acid_variant: 2008,
  regulatory_region_ablation: 1894,
  regulatory_region_amplification: 1891,
  regulatory_region_variant: 1566,
  sequence_variant: 1060,
  splice_acceptor_variant: 1574,
  splice_donor_5th_base_variant: 1787,
  splice_donor_region_variant: 2170,
  splice_donor_variant: 1575,
  splice_polypyrimidine_tract_variant: 2169,
  splice_region_variant: 1630,
  start_lost: 2012,
  start_retained_variant: 2019,
  stop_gained: 1587,
  stop_lost: 1578,
  stop_retained_variant: 1567,
  structural_interaction_variant: 2093,
  synonymous_variant: 1819,
  TF_binding_site_variant: 1782,
  TFBS_ablation: 1895,
  TFBS_amplification: 1892,
  transcript_ablation: 1893,
  transcript_amplification: 1889,
  transcript_variant: 1576,
  upstream_gene_variant: 1631,
}

const ACCESSION_DIGITS = 7

/** Undefined for a name whose id we do not know. */
export function toSequenceOntologyTerm(effect: string): { readonly id: string; readonly label: string } | undefined {
  if (!Object.hasOwn(ACCESSIONS, effect)) return undefined
  return { id: `SO:${String(ACCESSIONS[effect]).padStart(ACCESSION_DIGITS, '0')}`, label: effect }
}
