import { createExperiment } from './experiment/experiment.ts';
import type { Making } from './experiment/experiment.ts';
import type { Edit } from './change/change-store.ts';
import { toggleOf } from './toggle/toggle.ts';

/** What a new installation begins with: the experiments of the two pages, RUNNING, and the toggles that the pages use. */
export const seeds = (making: Making): readonly Edit[] => {
  const experiments = [
    createExperiment(
      {
        name: 'Homepage Hero Test',
        description: 'Does a headline that names both promises bring more sign-ups?',
        hypothesis: 'Saying what the visitor keeps, besides what the visitor learns, makes more people send the form.',
        status: 'RUNNING',
        page: 'home',
        secondary_metric_names: ['cta_click'],
        variants: [
          { variant_name: 'A', traffic_allocation_percent: 50 },
          { variant_name: 'B', traffic_allocation_percent: 50, configuration_json: { headline: "Know which page works. Keep every visitor's data.", cta_label: 'Start my first test' } },
        ],
      },
      'homepage',
      making,
    ),
    createExperiment(
      {
        name: 'Landing Page Theme',
        description: 'Which of two looks do people stay with?',
        status: 'RUNNING',
        page: 'olympus',
        variants: [
          { variant_name: 'neon', traffic_allocation_percent: 50, configuration_json: { theme: 'neon' } },
          { variant_name: 'synthwave', traffic_allocation_percent: 50, configuration_json: { theme: 'synthwave' } },
        ],
      },
      'landing-theme',
      making,
    ),
  ];
  const toggles = [
    toggleOf('contact_form', { name: 'Contact form', description: 'The form at the end of the home page.', enabled: true }, making.now),
    toggleOf('testimonials', { name: 'What you get', description: 'The section of statements on the home page.', enabled: true }, making.now),
    toggleOf('announcement', { name: 'Announcement', description: 'The bar at the top of the home page.', enabled: false }, making.now),
    toggleOf('music_player', { name: 'Music player', description: 'The player on the page olympus.', enabled: true }, making.now),
  ];
  return [
    ...experiments.map((after): Edit => ({ kind: 'experiment', key: after.key, before: null, after })),
    ...toggles.map((after): Edit => ({ kind: 'toggle', key: after.key, before: null, after })),
  ];
};
